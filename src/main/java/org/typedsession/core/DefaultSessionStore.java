package org.typedsession.core;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.typedsession.PrincipalName;
import org.typedsession.Session;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStatistics;
import org.typedsession.SessionStore;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.SessionSummary;
import org.typedsession.spi.HeldInterrupt;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionCookieGenerator;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.StoreSize;

/**
 * The standard store: the rules of this library over any {@link SessionStoreConnector}.
 *
 * <p>Applications inject {@link SessionStore}; this class is for whoever puts a store together by
 * hand. It starts nothing and owns nothing, so there is nothing to close.
 *
 * @param <D> the session data
 */
public final class DefaultSessionStore<D> implements SessionStore<D> {
  /** How many cookies of one name are looked up at most, against flooding the store. */
  private static final int MAXIMUM_CANDIDATES = 5;

  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(32);

  private final SessionStoreConnector<?> connector;
  private final SessionOperations<D> operations;
  private final SessionCodec<D> codec;
  private final SessionPolicy policy;
  private final PrivilegeRule<D> privileges;
  private final PrincipalRule owners;
  private final Supplier<D> defaultData;
  private final RandomGenerator jitter;

  /**
   * Everything that a store is made of.
   *
   * @param connector where sessions are kept
   * @param codec writes data as the connector does, to tell whether it was changed and to copy it
   *     for {@link Session#mutate}. A connector of bytes, see {@link #sealing}, saves writing it
   *     twice
   * @param privileges tells privilege changes from routine ones
   * @param defaultData gives the data of a client without a session; a fresh object each time, if
   *     it is mutable
   * @param policy lifetimes and the settling of races
   * @param cookies draws the clients' secrets
   * @param clock tells the time
   * @param jitter spreads the re-runs of concurrent requests; need not be strong
   * @param events told what someone should know; must not throw, and is called in the middle of
   *     requests
   */
  public record Parts<D>(
      SessionStoreConnector<D> connector,
      SessionCodec<D> codec,
      PrivilegeRule<D> privileges,
      Supplier<D> defaultData,
      SessionPolicy policy,
      SessionCookieGenerator cookies,
      InstantSource clock,
      RandomGenerator jitter,
      Consumer<SessionEvent> events) {}

  /** What a store is made of besides its connector; see {@link Parts}. */
  public record Rules<D>(
      SessionCodec<D> codec,
      PrivilegeRule<D> privileges,
      Supplier<D> defaultData,
      SessionPolicy policy,
      SessionCookieGenerator cookies,
      InstantSource clock,
      RandomGenerator jitter,
      Consumer<SessionEvent> events) {}

  /**
   * @param parts what the store is made of
   * @throws IllegalArgumentException if the type of the data has {@link PrincipalName} where it
   *     cannot be
   */
  public DefaultSessionStore(Parts<D> parts) {
    this(
        parts.connector(),
        new PlainAccess<>(parts.connector(), parts.codec()),
        new Rules<>(
            parts.codec(),
            parts.privileges(),
            parts.defaultData(),
            parts.policy(),
            parts.cookies(),
            parts.clock(),
            parts.jitter(),
            parts.events()));
  }

  private DefaultSessionStore(
      SessionStoreConnector<?> connector, SessionAccess<D> access, Rules<D> rules) {
    this.connector = connector;
    this.operations =
        new SessionOperations<>(
            connector,
            access,
            rules.cookies(),
            rules.policy(),
            rules.privileges().isDeclared(),
            rules.clock(),
            rules.events(),
            new StoreLog(rules.privileges().type().getTypeName(), rules.clock(), this::readiness));
    this.codec = rules.codec();
    this.policy = rules.policy();
    this.privileges = rules.privileges();
    this.owners = PrincipalRule.of(rules.privileges().type());
    this.defaultData = rules.defaultData();
    this.jitter = rules.jitter();
  }

  /**
   * A store that can seal its data: AES-256-GCM under a key that nothing but the cookie value
   * gives, so that whoever reads the store reads no data. Readable stay the handle, the label and
   * the name of the principal, the times, the ids, which open nothing, and how long the data is.
   *
   * <p>It reads sealed data and other data whatever {@code sealed} says; what it writes is as that
   * says, also where only the expiry or the id changes.
   *
   * @param connector where sessions are kept; sees bytes only. Made with a {@link
   *     org.typedsession.core.BytesCodec} that has the id of the codec of {@code rules}
   * @param sealed whether data is sealed
   * @param random draws nonces; has to be a cryptographic one
   * @param rules what else the store is made of. Where data is not sealed, its codec must not begin
   *     with a zero byte: such data is refused with a {@link SessionCodecException}
   * @throws IllegalArgumentException if the type of the data has {@link PrincipalName} where it
   *     cannot be
   */
  public static <D> DefaultSessionStore<D> sealing(
      SessionStoreConnector<byte[]> connector,
      boolean sealed,
      RandomGenerator random,
      Rules<D> rules) {
    return new DefaultSessionStore<>(
        connector, new SealingAccess<>(connector, rules.codec(), new Seal(random), sealed), rules);
  }

  /**
   * Makes {@link Session#whenEnded} possible. To be called once, before sessions are opened.
   *
   * @param threads where watches run, and the store is asked for what they wait for. Asked for when
   *     there is something to run; whoever gives it shuts it down
   */
  public void watchWith(Supplier<ScheduledExecutorService> threads) {
    operations.watches().runOn(threads);
  }

  /**
   * Opens the session of a request for a front end that stores it.
   *
   * <p>Clients may send several cookies of one name. The first that belongs to a live session wins;
   * failing that, one whose id was replaced a moment ago makes the request an overtaken one.
   *
   * @param candidates what the client sent, in its order; of those that have the form of a cookie
   *     value, the first five are looked up
   * @return the live session, or a new one
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  public OpenSession<D> open(List<String> candidates) {
    LoadedSession<D> best = new LoadedSession.None<>();
    List<String> known = new ArrayList<>(1);
    for (String candidate : candidates) {
      // Before it is parsed, which hashes: of one value a header can hold thousands.
      if (known.contains(candidate)) {
        continue;
      }
      SessionCookieValue cookieValue = SessionCookieValue.parse(candidate).orElse(null);
      if (cookieValue == null) {
        continue;
      }
      known.add(candidate);
      LoadedSession<D> found = operations.find(cookieValue);
      if (found instanceof LoadedSession.Live<D> stored) {
        return new DefaultSession<>(this, stored, stored.live().session().data(), false);
      }
      if (found instanceof LoadedSession.Replaced<D> dead
          && !(best instanceof LoadedSession.Replaced<D> other && other.overtaken())) {
        best = dead;
      }
      if (known.size() == MAXIMUM_CANDIDATES) {
        break;
      }
    }
    return new DefaultSession<>(this, best, defaultData(), false);
  }

  @Override
  public Session<D> load(String cookieValue) {
    return open(List.of(cookieValue));
  }

  @Override
  public Session<D> create() {
    return open(List.of());
  }

  @Override
  public Session<D> create(D data) {
    Objects.requireNonNull(data, "data");
    return new DefaultSession<>(this, new LoadedSession.None<>(), data, true);
  }

  @Override
  public SessionCookieCommand store(Session<D> session) {
    return own(session).complete();
  }

  @Override
  public Stream<SessionSummary> sessions(String principal) {
    return operations.sessions(principal);
  }

  @Override
  public long count(String principal) {
    return operations.sessions(principal).count();
  }

  @Override
  public boolean end(String principal, SessionHandle handle) {
    return operations.end(principal, handle);
  }

  @Override
  public void end(SessionHandle handle) {
    operations.end(handle);
  }

  @Override
  public void endAll(String principal) {
    operations.endAll(principal, null);
  }

  @Override
  public void endOthers(Session<D> current) {
    own(current).endOthers();
  }

  private DefaultSession<D> own(Session<D> session) {
    if (!(session.unwrap() instanceof DefaultSession<D> own) || own.store() != this) {
      throw new IllegalArgumentException("the session was not opened by this store");
    }
    return own;
  }

  @Override
  public void clear() {
    operations.clear();
  }

  @Override
  public SessionStatistics statistics() {
    return operations.statistics();
  }

  /**
   * Whether this store can serve at present, as far as its back-end knows without asking around.
   * Cheap enough for probes and monitoring.
   */
  public Readiness readiness() {
    try {
      return connector.readiness();
    } catch (RuntimeException e) {
      // A probe is to be answered, and a back-end that fails here is not one to send requests to.
      return new Readiness.NotReady("its readiness cannot be told: " + e);
    }
  }

  /**
   * What this node holds for this store, as far as its back-end knows without asking around; some
   * seconds old. Empty if it does not know.
   */
  public Optional<StoreSize> size() {
    try {
      return connector.size();
    } catch (RuntimeException e) {
      // As for readiness: whoever monitors is to get an answer.
      return Optional.empty();
    }
  }

  SessionOperations<D> operations() {
    return operations;
  }

  SessionPolicy policy() {
    return policy;
  }

  PrivilegeRule<D> privileges() {
    return privileges;
  }

  PrincipalRule owners() {
    return owners;
  }

  D defaultData() {
    return Objects.requireNonNull(defaultData.get(), "the default data must not be null");
  }

  byte[] encode(D data) {
    return codec.encode(data);
  }

  /** What was encoded as data that nobody else has. */
  D decode(byte[] encoded) {
    // A copy, because a codec may keep what it is given.
    return codec.decode(encoded.clone());
  }

  /**
   * What becomes of data is a change if the codec writes something else of it. Some codecs write
   * the same data in several ways (the order of a set), and another version of the application may
   * have written it in yet another; where the data's {@code equals} suggests that, it is compared
   * with what this codec would write of {@code before}.
   *
   * @param before what is stored
   * @param object what that was read as, by now perhaps altered
   * @param now what {@code data} was encoded as
   */
  boolean isChange(byte[] before, D object, byte[] now, D data) {
    return !Arrays.equals(before, now)
        && !(looksLike(data, object) && Arrays.equals(encode(decode(before)), now));
  }

  private static boolean looksLike(Object data, Object other) {
    try {
      return data.equals(other);
    } catch (RuntimeException e) {
      // The application's own, which need not be made for data that is half filled in.
      return false;
    }
  }

  /** Whether it is one of privileges too; see {@link #isChange}. */
  boolean isPrivilegeChange(byte[] before, D object, D data) {
    return privileges.isPrivilegeChange(privileges.isAlterable() ? decode(before) : object, data);
  }

  /** Steps back before a re-run: longer each time, and by chance, so that rivals part. */
  void pause(int reruns) {
    long bound = Math.min(LONGEST_PAUSE, TimeUnit.MILLISECONDS.toNanos(1) << Math.min(reruns, 5));
    try (HeldInterrupt held = new HeldInterrupt()) {
      LockSupport.parkNanos(jitter.nextLong(bound));
      held.take();
    }
  }
}
