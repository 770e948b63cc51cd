package org.typedsession;

import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.typedsession.spi.PrivilegeRule;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.RequestSession;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionCookieGenerator;
import org.typedsession.spi.SessionStoreConnector;

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

  private final SessionStoreConnector<D> connector;
  private final SessionOperations<D> operations;
  private final SessionCodec<D> codec;
  private final SessionPolicy policy;
  private final PrivilegeRule<D> privileges;
  private final Supplier<D> defaultData;
  private final RandomGenerator jitter;

  /**
   * Everything that a store is made of.
   *
   * @param connector where sessions are kept
   * @param codec copies data for {@link Session#mutate}
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

  /**
   * @param parts what the store is made of
   */
  public DefaultSessionStore(Parts<D> parts) {
    this.connector = parts.connector();
    this.operations =
        new SessionOperations<>(
            connector,
            parts.cookies(),
            parts.policy(),
            parts.clock(),
            parts.events(),
            new StoreLog(parts.privileges().type().getTypeName(), parts.clock(), this::readiness));
    this.codec = parts.codec();
    this.policy = parts.policy();
    this.privileges = parts.privileges();
    this.defaultData = parts.defaultData();
    this.jitter = parts.jitter();
  }

  /**
   * Makes {@link Session#whenEnded} possible. To be called once, before sessions are opened.
   *
   * @param threads where watches run, and the store is asked for what they wait for. Asked for when
   *     there is something to run; whoever gives it shuts it down
   */
  public void watchWith(Supplier<ScheduledExecutorService> threads) {
    operations.watchWith(threads);
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
  public RequestSession<D> open(List<String> candidates) {
    Origin<D> best = new Origin.Absent<>();
    List<SessionCookieValue> wellFormed =
        candidates.stream()
            .map(SessionCookieValue::parse)
            .flatMap(Optional::stream)
            .distinct()
            .limit(MAXIMUM_CANDIDATES)
            .toList();
    for (SessionCookieValue candidate : wellFormed) {
      Origin<D> found = operations.find(candidate);
      if (found instanceof Origin.Stored<D> stored) {
        return new DefaultSession<>(this, stored, stored.live().session().data(), false);
      }
      if (found instanceof Origin.Dead<D> dead
          && !(best instanceof Origin.Dead<D> other && other.recent())) {
        best = dead;
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
    return new DefaultSession<>(this, new Origin.Absent<>(), data, true);
  }

  @Override
  public SessionCookieCommand store(Session<D> session) {
    if (!(session.unwrap() instanceof DefaultSession<D> own) || own.store() != this) {
      throw new IllegalArgumentException("the session was not opened by this store");
    }
    return own.complete();
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

  SessionOperations<D> operations() {
    return operations;
  }

  SessionPolicy policy() {
    return policy;
  }

  PrivilegeRule<D> privileges() {
    return privileges;
  }

  D defaultData() {
    return Objects.requireNonNull(defaultData.get(), "the default data must not be null");
  }

  D copy(D data) {
    return codec.decode(codec.encode(data));
  }

  /** Steps back before a re-run: longer each time, and by chance, so that rivals part. */
  void pause(int reruns) {
    long bound = Math.min(LONGEST_PAUSE, TimeUnit.MILLISECONDS.toNanos(1) << Math.min(reruns, 5));
    LockSupport.parkNanos(jitter.nextLong(bound));
  }
}
