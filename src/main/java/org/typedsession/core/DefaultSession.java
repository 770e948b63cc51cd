package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.typedsession.Session;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.SessionWatch;
import org.typedsession.spi.RequestSession;
import org.typedsession.spi.SessionRecord;

/**
 * The state machine of one request's session.
 *
 * <p>Three things vary: what the store holds ({@link LoadedSession}), what this request did to its
 * copy (the pending fields), and whether it may still change anything ({@link #sealed}).
 */
final class DefaultSession<D> implements RequestSession<D> {
  private static final int LONGEST_LABEL = 200;

  private final DefaultSessionStore<D> store;
  private final SessionOperations<D> operations;
  private final SessionPolicy policy;
  private final D initial;

  private LoadedSession<D> origin;
  private D data;
  // The record of a session not stored yet: made when first asked for, so that its handle stays.
  private @Nullable SessionRecord<D> begun;
  private SessionCookieCommand command = SessionCookieCommand.DoNothing.INSTANCE;

  private final List<UnaryOperator<D>> updates = new ArrayList<>();
  private boolean unrepeatable;
  // Given by the application, and so worth storing as it is.
  private boolean explicit;
  // Whether the application was given the chance to change the data.
  private boolean touched;
  // What it was before that, if nothing is stored to compare with.
  private byte @Nullable [] initialBytes;
  // What the data is to the store; null until that is asked for after a change.
  private @Nullable Change change;
  private boolean rotate;
  // Whether what is to be stored is a change of what another request has made of the session.
  private boolean joined;
  // Once true it stays: nothing that happens to the rest of the request takes a logout back.
  private boolean deleted;
  private @Nullable D dataAfterDeletion;
  // Kept when it is stored, so that the renewal at the end of the request does not undo it.
  private @Nullable SessionExpiry requestedExpiry;
  private @Nullable SessionRenewalStrategy requestedRenewal;

  // The name that the container has authenticated, and the one that the application gave.
  private @Nullable String principal;
  private @Nullable String login;
  private @Nullable String requestedLabel;
  private boolean sealed;
  // Why the last attempt to store failed, as long as the application has done nothing about it.
  private @Nullable SessionException refusal;

  /**
   * What became of the data: told at one moment, so that what is judged is what is stored.
   *
   * @param encoded what is to be stored; null if that is what is stored
   * @param privilege whether it changes privileges
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Change(byte @Nullable [] encoded, boolean privilege) {
    static final Change NONE = new Change(null, false);
  }

  /**
   * @param explicit whether the application gave the data itself, which is worth storing as it is
   */
  DefaultSession(DefaultSessionStore<D> store, LoadedSession<D> origin, D data, boolean explicit) {
    this.store = store;
    this.operations = store.operations();
    this.policy = store.policy();
    this.origin = origin;
    this.data = data;
    this.initial = data;
    this.explicit = explicit;
  }

  DefaultSessionStore<D> store() {
    return store;
  }

  @Override
  public synchronized D data() {
    if (!deleted) {
      return data;
    }
    if (dataAfterDeletion == null) {
      dataAfterDeletion = store.defaultData();
    }
    return dataAfterDeletion;
  }

  @Override
  public synchronized D update(UnaryOperator<D> change) {
    beforeChange();
    accept(changed(change, data));
    updates.add(change);
    return data;
  }

  @Override
  public synchronized void set(D newData) {
    Objects.requireNonNull(newData, "data");
    beforeChange();
    accept(newData);
    unrepeatable = true;
  }

  @Override
  public synchronized void mutate(Consumer<D> change) {
    beforeChange();
    D copy = store.decode(store.encode(data));
    change.accept(copy);
    accept(copy);
    unrepeatable = true;
  }

  private static <D> D changed(UnaryOperator<D> change, D before) {
    return Objects.requireNonNull(change.apply(before), "an update must not give null");
  }

  private void beforeChange() {
    requireChangeable();
    if (initialBytes == null && !(origin instanceof LoadedSession.Live)) {
      initialBytes = store.encode(data);
    }
  }

  private void accept(D newData) {
    data = newData;
    touched = true;
    change = null;
  }

  /** What is to be stored of the data, and why. */
  private Change change() {
    if (change == null) {
      change = touched ? compared() : Change.NONE;
    }
    return change;
  }

  private Change compared() {
    byte[] now = store.encode(data);
    byte[] before =
        origin instanceof LoadedSession.Live<D> stored
            ? operations.encoded(stored.live())
            : initialBytes;
    D object =
        origin instanceof LoadedSession.Live<D> stored ? stored.live().session().data() : initial;
    if (before == null) {
      return new Change(now, true);
    }
    return store.isChange(before, object, now, data)
        ? new Change(now, store.isPrivilegeChange(before, object, data))
        : Change.NONE;
  }

  private boolean isDataChanged() {
    return change().encoded() != null;
  }

  @Override
  public synchronized void rotateId() {
    requireChangeable();
    rotate = true;
  }

  @Override
  public void login(String name) {
    if (store.owners().isDeclared()) {
      throw new IllegalStateException(
          "the data of this session says who its principal is, by @PrincipalName; change that");
    }
    authenticated(name);
  }

  @Override
  public synchronized void authenticated(String name) {
    Objects.requireNonNull(name, "the name of a principal must not be null");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the name of a principal must not be empty");
    }
    requireChangeable();
    if (store.owners().isDeclared() && !name.equals(store.owners().nameIn(data))) {
      throw new IllegalStateException(
          "the data of this session names another principal, by @PrincipalName, than logs in");
    }
    login = name;
    rotate = true;
    explicit = true;
  }

  @Override
  public synchronized boolean isDeleted() {
    return deleted;
  }

  @Override
  public synchronized Optional<String> principal() {
    if (deleted) {
      return Optional.empty();
    }
    return Optional.ofNullable(nextPrincipal());
  }

  private @Nullable String nextPrincipal() {
    return origin instanceof LoadedSession.Live<D> stored
        ? nextPrincipal(stored.live().session())
        : principalOf(null, data);
  }

  @Override
  public synchronized Optional<Instant> authenticatedAt() {
    return readable() instanceof LoadedSession.Live<D> stored
        ? Optional.ofNullable(stored.live().session().authenticatedAt())
        : Optional.empty();
  }

  @Override
  public boolean isAuthenticatedWithin(Duration atMost) {
    Instant limit = operations.now().minus(atMost);
    return authenticatedAt().filter(at -> !at.isBefore(limit)).isPresent();
  }

  @Override
  public synchronized Optional<String> label() {
    if (requestedLabel != null && !deleted) {
      return Optional.of(requestedLabel);
    }
    return readable() instanceof LoadedSession.Live<D> stored
        ? Optional.ofNullable(stored.live().session().label())
        : Optional.empty();
  }

  @Override
  public synchronized void setLabel(String label) {
    if (label.isEmpty() || label.length() > LONGEST_LABEL) {
      throw new IllegalArgumentException(
          "a label must have 1 to %s characters, had %s".formatted(LONGEST_LABEL, label.length()));
    }
    requireChangeable();
    requestedLabel = label;
  }

  @Override
  public synchronized void delete() {
    if (!deleted) {
      requireChangeable();
      deleted = true;
    }
  }

  @Override
  public synchronized SessionExpiry expiry() {
    if (requestedExpiry != null && !deleted) {
      return origin instanceof LoadedSession.Live<D> stored
          ? requestedExpiry(stored.live().session())
          : requestedExpiry;
    }
    return readable() instanceof LoadedSession.Live<D> stored
        ? stored.live().session().expiry()
        : begun().expiry();
  }

  @Override
  public synchronized void expire(SessionExpiry expiry) {
    requireChangeable();
    Instant now = operations.now();
    if (expiry instanceof SessionExpiry.At at
        && (at.instant().isAfter(now.plus(SessionPolicy.LONGEST))
            || at.instant().isBefore(now.minus(SessionPolicy.LONGEST)))) {
      throw new IllegalArgumentException(
          "the expiry must be within 100 years, or never, was " + at.instant());
    }
    Instant createdAt =
        origin instanceof LoadedSession.Live<D> stored
            ? stored.live().session().createdAt()
            : begun().createdAt();
    requestedExpiry = bounded(inMillis(expiry), createdAt);
    requestedRenewal = SessionRenewalStrategy.Ignore.INSTANCE;
  }

  @Override
  public Optional<Duration> timeToLive() {
    return expiry().remaining(operations.now());
  }

  @Override
  public synchronized void setTimeToLive(Duration timeToLive) {
    if (timeToLive.isNegative()
        || timeToLive.isZero()
        || timeToLive.compareTo(SessionPolicy.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "timeToLive must be positive and at most 100 years, was " + timeToLive);
    }
    expire(SessionExpiry.at(operations.now().plus(timeToLive)));
    requestedRenewal = policy.renewalOf(timeToLive);
  }

  @Override
  public Optional<D> stored() {
    // Not under the monitor: a request must not wait for a look from outside of it.
    LoadedSession<D> now = origin();
    return now instanceof LoadedSession.Live<D> stored
        ? operations.stored(stored.cookieValue())
        : Optional.empty();
  }

  @Override
  public SessionWatch whenEnded(Runnable action) {
    Objects.requireNonNull(action, "action");
    LoadedSession.Live<D> stored = watched();
    return operations
        .watches()
        .add(stored.live().session().handle(), stored.cookieValue().id(), action);
  }

  @Override
  public <T> SessionWatch whenEnded(T owner, Consumer<? super T> action) {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(action, "action");
    LoadedSession.Live<D> stored = watched();
    return operations
        .watches()
        .add(stored.live().session().handle(), stored.cookieValue().id(), owner, action);
  }

  private LoadedSession.Live<D> watched() {
    if (!(origin() instanceof LoadedSession.Live<D> stored)) {
      throw new IllegalStateException(
          "nothing is stored for this session, so it cannot end; ask isNew() before, or save()");
    }
    return stored;
  }

  /** Ends all sessions of this one's principal but this one. */
  void endOthers() {
    LoadedSession<D> now = origin();
    if (!(now instanceof LoadedSession.Live<D> stored)) {
      throw new IllegalStateException("nothing is stored for this session, so it has no others");
    }
    String name = stored.live().session().principal();
    if (name == null) {
      throw new IllegalStateException(
          "this session is stored for no principal, so it has no others; save() a login before");
    }
    operations.endAll(name, stored);
  }

  private synchronized LoadedSession<D> origin() {
    return origin;
  }

  /** What reading is about: of a session that this request ends there is nothing to be seen. */
  private LoadedSession<D> readable() {
    return deleted ? new LoadedSession.None<>() : origin;
  }

  @Override
  public synchronized boolean isNew() {
    return !(readable() instanceof LoadedSession.Live);
  }

  @Override
  public synchronized boolean isChanged() {
    try {
      return hasChanges();
    } catch (SessionCodecException e) {
      // There is something to store, and it will fail.
      return true;
    }
  }

  private boolean hasChanges() {
    if (origin instanceof LoadedSession.Live<D> stored) {
      return deleted || rotate || isDetailRequested(stored.live().session()) || isDataChanged();
    }
    return !deleted && (explicit || isDataChanged());
  }

  @Override
  public synchronized SessionHandle handle() {
    if (origin instanceof LoadedSession.Replaced<D> dead && dead.overtaken()) {
      // It begins none of its own.
      return dead.handle();
    }
    return origin instanceof LoadedSession.Live<D> stored
        ? stored.live().session().handle()
        : begun().handle();
  }

  @Override
  public synchronized Optional<String> shortId() {
    return origin instanceof LoadedSession.Live<D> stored
        ? Optional.of(stored.cookieValue().id().toString())
        : Optional.empty();
  }

  @Override
  public Session<D> unwrap() {
    return this;
  }

  @Override
  public synchronized void principal(@Nullable String name) {
    principal = name;
  }

  @Override
  public synchronized boolean wantsCookie() {
    try {
      return isCookieDue();
    } catch (SessionCodecException e) {
      // Nothing will be stored.
      return false;
    }
  }

  private boolean isCookieDue() {
    if (!(command instanceof SessionCookieCommand.DoNothing)) {
      return true;
    }
    if (sealed) {
      return false;
    }
    if (!(origin instanceof LoadedSession.Live<D> stored)) {
      if (origin instanceof LoadedSession.Replaced<D> dead && dead.overtaken()) {
        // It gets the winner's cookie, or leaves it alone.
        return hasChanges() && mayJoin();
      }
      return hasChanges() || (deleted && origin instanceof LoadedSession.Replaced);
    }
    SessionRecord<D> session = stored.live().session();
    return deleted
        || isPrivilegeChange(session)
        || (policy.persistentCookie()
            && !nextExpiry(session, operations.now()).equals(session.expiry()));
  }

  @Override
  public synchronized void save() {
    if (sealed) {
      if (isChanged()) {
        throw sealedException();
      }
      return;
    }
    try {
      saveChanges();
      refusal = null;
    } catch (SessionException e) {
      refusal = e;
      throw e;
    }
  }

  private void saveChanges() {
    if (deleted) {
      end();
    } else if (hasChanges()) {
      if (origin instanceof LoadedSession.Live<D> stored) {
        store(stored);
      } else if (origin instanceof LoadedSession.Replaced<D> dead && dead.overtaken()) {
        LoadedSession.Live<D> winner = joined(dead);
        if (winner == null) {
          throw operations.overtaken(
              dead.handle(), null, "the session's id was replaced by another request", null);
        }
        store(winner);
      } else {
        create();
      }
    }
  }

  @Override
  public synchronized void discard() {
    if (!sealed) {
      if (touched) {
        // Not the object itself, which may have been altered in place.
        data = beforeTheChange();
      }
      requestedExpiry = null;
      requestedRenewal = null;
      requestedLabel = null;
      forgetChanges();
    }
  }

  private D beforeTheChange() {
    if (origin instanceof LoadedSession.Live<D> stored) {
      return store.decode(operations.encoded(stored.live()));
    }
    return initialBytes == null ? initial : store.decode(initialBytes);
  }

  @Override
  public synchronized Optional<SessionException> refusal() {
    return Optional.ofNullable(refusal);
  }

  @Override
  public synchronized SessionCookieCommand complete() {
    if (!sealed) {
      save();
      if (!deleted && origin instanceof LoadedSession.Live<D> stored) {
        follow(stored);
      }
      sealed = true;
    }
    return command;
  }

  @Override
  public synchronized SessionCookieCommand abandon() {
    try {
      if (!sealed && deleted) {
        end();
      } else {
        discard();
      }
    } finally {
      sealed = true;
    }
    return command;
  }

  private void create() {
    SessionRecord<D> session = begun().withData(data);
    if (requestedExpiry != null) {
      session = session.withExpiry(requestedExpiry, operations.now()).withRenewal(requestedRenewal);
    }
    if (requestedLabel != null) {
      session = session.withLabel(requestedLabel);
    }
    String name = principalOf(null, data);
    if (name != null) {
      session = session.withPrivilegeChange(session.createdAt(), name);
    }
    byte[] encoded = change().encoded();
    if (name != null || isDeclaredPrivilegeChange()) {
      session = session.withAuthentication(session.createdAt());
    }
    stored(operations.create(session, encoded == null ? store.encode(data) : encoded));
    setCookie();
  }

  private void end() {
    if (origin instanceof LoadedSession.Live<D> stored) {
      operations.end(stored.live().session(), stored.cookieValue().id());
      command = SessionCookieCommand.Delete.INSTANCE;
    } else if (origin instanceof LoadedSession.Replaced<D> dead) {
      operations.end(dead.handle(), dead.id());
      if (!dead.overtaken()) {
        // Before that the client may hold the successor's cookie by now, which is not ours to
        // remove.
        command = SessionCookieCommand.Delete.INSTANCE;
      }
    }
    origin = new LoadedSession.None<>();
    sealed = true;
  }

  /** Stores the changes, on fresh data as often as others get in first and it may be tried. */
  private void store(LoadedSession.Live<D> first) {
    LoadedSession.Live<D> base = first;
    for (int reruns = 0; ; reruns++) {
      Instant now = operations.now();
      SessionRecord<D> session = base.live().session();
      if (!hasChanges()) {
        // Run again, the updates change nothing any more.
        boolean newId = joined;
        stored(base);
        if (newId) {
          setCookie();
        }
        return;
      }
      byte[] encoded = change().encoded();
      boolean privilege = isPrivilegeChange(session);
      if (privilege && joined) {
        throw operations.conflict(
            session, "another request changed the session's privileges first");
      }
      SessionRecord<D> next =
          (encoded == null ? session : session.withData(data))
              .withExpiry(nextExpiry(session, now), now);
      if (requestedRenewal != null) {
        next = next.withRenewal(requestedRenewal);
      }
      if (requestedLabel != null) {
        next = next.withLabel(requestedLabel);
      }
      LoadedSession.Live<D> written =
          privilege
              ? operations.remap(
                  base, withNewPrivilege(session, next, now), encoded, isMoreThanANewId(session))
              : operations.write(base, next, encoded);
      if (written != null) {
        boolean newId = privilege || joined;
        stored(written);
        setCookieIfDue(newId, session, next);
        return;
      }
      if (!unrepeatable) {
        store.pause(reruns);
      }
      LoadedSession<D> there = operations.findAgain(base.cookieValue());
      LoadedSession.@Nullable Live<D> fresh = null;
      if (there instanceof LoadedSession.Live<D> changed) {
        requireRerun(changed, reruns);
        fresh = rerun(changed);
      } else if (there instanceof LoadedSession.Replaced<D> dead && !joined) {
        fresh = joined(dead);
      }
      if (fresh == null) {
        throw overtaken(
            session, "the session ended or its id was replaced by another request", null);
      }
      base = fresh;
    }
  }

  private SessionConflictException overtaken(
      SessionRecord<D> session, String message, @Nullable Throwable cause) {
    return operations.overtaken(session.handle(), session.principal(), message, cause);
  }

  private void requireRerun(LoadedSession.Live<D> fresh, int reruns) {
    SessionRecord<D> session = fresh.live().session();
    if (unrepeatable) {
      throw operations.conflict(
          session, "another request changed the session first, and set cannot be rerun");
    }
    if (reruns >= policy.maximumReruns()) {
      throw operations.conflict(
          session, "other requests kept changing the session; gave up rerunning");
    }
  }

  private LoadedSession.Live<D> rerun(LoadedSession.Live<D> fresh) {
    operations.countRerun();
    data = updated(fresh.live().session().data(), updates);
    origin = fresh;
    // An update that changed nothing before may do so now.
    touched |= !updates.isEmpty();
    change = null;
    return fresh;
  }

  /** What {@code updates} make of {@code fresh}, one after the other. */
  static <D> D updated(D fresh, List<UnaryOperator<D>> updates) {
    D updated = fresh;
    for (UnaryOperator<D> update : updates) {
      updated = changed(update, updated);
    }
    return updated;
  }

  /**
   * Whether this request logs in or changes privileges, so that it may be one with another that
   * does the same. A new id alone shows nothing, and {@code set} and {@code mutate} cannot be run
   * again.
   */
  private boolean mayJoin() {
    return store.privileges().isDeclared()
        && !unrepeatable
        && isPrincipalShown()
        && (login != null || change().privilege());
  }

  /** Whether this request names its user by itself, not by what the session said before. */
  private boolean isPrincipalShown() {
    String before =
        origin instanceof LoadedSession.Live<D> stored ? stored.live().session().principal() : null;
    String name = nextPrincipal();
    return name != null && (login != null || !name.equals(before));
  }

  /**
   * Takes this request for one with the winner, and its changes for changes of what that one
   * stored.
   *
   * @return null if it has not shown that it is the same, or the winner cannot be told any more
   */
  private LoadedSession.@Nullable Live<D> joined(LoadedSession.Replaced<D> dead) {
    if (!mayJoin()) {
      return null;
    }
    SameLogin.Joined<D> same =
        new SameLogin<>(
                store, data, change().encoded(), updates, Objects.requireNonNull(nextPrincipal()))
            .join(dead)
            .orElse(null);
    if (same == null) {
      return null;
    }
    if (!same.rerun()) {
      updates.clear();
    }
    joined = true;
    origin = same.winner();
    data = same.data();
    touched = !updates.isEmpty();
    change = null;
    explicit = false;
    rotate = false;
    login = null;
    operations.countJoin();
    return same.winner();
  }

  /**
   * What the end of a request does to a stored session that nobody changed: it follows the
   * authenticated user's name, or else is renewed. A renewal does not compete: if it loses a race,
   * or the store is away, it is left to a later request.
   */
  private void follow(LoadedSession.Live<D> base) {
    if (isPrincipalChanged(base.live().session())) {
      followPrincipal(base);
    } else {
      renew(base);
    }
  }

  private void renew(LoadedSession.Live<D> base) {
    SessionRecord<D> session = base.live().session();
    Instant now = operations.now();
    SessionRecord<D> next = session.withExpiry(nextExpiry(session, now), now);
    if (next.equals(session)) {
      return;
    }
    LoadedSession.Live<D> written;
    try {
      written = operations.write(base, next, null);
    } catch (SessionStoreUnavailableException e) {
      return;
    }
    if (written != null) {
      origin = written;
      setCookieIfDue(false, session, next);
    }
  }

  /**
   * Gives the session a new id for its new user. Another request's write in place must not keep the
   * old id alive, so this is tried again; another request's new id will do, and so will an end.
   */
  private void followPrincipal(LoadedSession.Live<D> first) {
    LoadedSession.Live<D> base = first;
    for (int reruns = 0; isPrincipalChanged(base.live().session()); reruns++) {
      SessionRecord<D> session = base.live().session();
      Instant now = operations.now();
      SessionRecord<D> next = session.withExpiry(nextExpiry(session, now), now);
      LoadedSession.Live<D> written;
      try {
        written = operations.remap(base, withNewPrivilege(session, next, now), null, true);
      } catch (SessionStoreUnavailableException e) {
        if (!e.isFull()) {
          throw e;
        }
        // Its id cannot change any more, and must not go on for another user.
        end();
        return;
      }
      if (written != null) {
        stored(written);
        setCookie();
        return;
      }
      if (reruns >= policy.maximumReruns()) {
        throw operations.conflict(
            session, "other requests kept changing the session of a new user");
      }
      store.pause(reruns);
      if (!(operations.findAgain(base.cookieValue()) instanceof LoadedSession.Live<D> fresh)) {
        return;
      }
      operations.countRerun();
      base = fresh;
    }
  }

  private void stored(LoadedSession.Live<D> now) {
    origin = now;
    data = now.live().session().data();
    forgetChanges();
  }

  private void forgetChanges() {
    refusal = null;
    updates.clear();
    unrepeatable = false;
    explicit = false;
    touched = false;
    change = null;
    rotate = false;
    login = null;
    joined = false;
  }

  private void setCookieIfDue(boolean newId, SessionRecord<D> before, SessionRecord<D> after) {
    if (newId || (policy.persistentCookie() && !after.expiry().equals(before.expiry()))) {
      setCookie();
    }
  }

  private void setCookie() {
    if (origin instanceof LoadedSession.Live<D> stored) {
      command =
          new SessionCookieCommand.Set(stored.cookieValue(), stored.live().session().expiry());
    }
  }

  private SessionRecord<D> begun() {
    if (begun == null) {
      Instant now = operations.now();
      SessionExpiry expiry = bounded(SessionExpiry.in(policy.timeToLive(), now), now);
      begun = operations.begin(expiry, data);
    }
    return begun;
  }

  private SessionExpiry nextExpiry(SessionRecord<D> session, Instant now) {
    if (requestedExpiry != null) {
      return requestedExpiry(session);
    }
    SessionRenewalStrategy asked = session.renewal();
    SessionRenewalStrategy renewal = asked == null ? policy.renewal() : asked;
    if (renewal instanceof SessionRenewalStrategy.Automatic automatic
        && session
            .expiry()
            .remaining(now)
            .filter(rest -> rest.compareTo(automatic.renewBelow()) < 0)
            .isPresent()) {
      return bounded(SessionExpiry.at(now.plus(automatic.timeToLive())), session.createdAt());
    }
    return session.expiry();
  }

  // What was asked for may have been asked for another session, which this request has left.
  private SessionExpiry requestedExpiry(SessionRecord<D> session) {
    return bounded(Objects.requireNonNull(requestedExpiry), session.createdAt());
  }

  private SessionExpiry bounded(SessionExpiry expiry, Instant createdAt) {
    return expiry.earlier(SessionExpiry.in(policy.absoluteLifetime(), createdAt));
  }

  // As exact as stores keep it; otherwise what is stored would never be what was asked for.
  private static SessionExpiry inMillis(SessionExpiry expiry) {
    return expiry instanceof SessionExpiry.At at
        ? SessionExpiry.at(at.instant().truncatedTo(ChronoUnit.MILLIS))
        : expiry;
  }

  private boolean isDetailRequested(SessionRecord<D> session) {
    return (requestedExpiry != null && !requestedExpiry(session).equals(session.expiry()))
        || (requestedRenewal != null && !requestedRenewal.equals(session.renewal()))
        || (requestedLabel != null && !requestedLabel.equals(session.label()));
  }

  private boolean isPrivilegeChange(SessionRecord<D> session) {
    return rotate || isMoreThanANewId(session);
  }

  private boolean isMoreThanANewId(SessionRecord<D> session) {
    return login != null || isPrincipalChanged(session) || change().privilege();
  }

  /** What follows {@code session} with a new id: {@code next}, for whoever is its principal now. */
  private SessionRecord<D> withNewPrivilege(
      SessionRecord<D> session, SessionRecord<D> next, Instant now) {
    String name = principalOf(session.principal(), next.data());
    SessionRecord<D> changed = next.withPrivilegeChange(now, name);
    // A new id alone says nothing of the user. Data that is not told who they are changes its
    // privileges when they have shown it.
    boolean authenticated =
        login != null
            || !Objects.equals(name, session.principal())
            || (name == null && isDeclaredPrivilegeChange());
    return authenticated ? changed.withAuthentication(now) : changed;
  }

  private boolean isDeclaredPrivilegeChange() {
    return store.privileges().isDeclared() && change().privilege();
  }

  private boolean isPrincipalChanged(SessionRecord<D> session) {
    String name = nextPrincipal(session);
    return !Objects.equals(name, session.principal());
  }

  private @Nullable String nextPrincipal(SessionRecord<D> session) {
    // Data that this request has not changed may have been changed by another since it was read.
    return principalOf(session.principal(), touched ? data : session.data());
  }

  private @Nullable String principalOf(@Nullable String before, D newData) {
    if (store.owners().isDeclared()) {
      return store.owners().nameIn(newData);
    }
    if (login != null) {
      return login;
    }
    return principal != null ? principal : before;
  }

  private void requireChangeable() {
    if (deleted) {
      throw new IllegalStateException("this session was deleted by this request");
    }
    if (sealed) {
      throw sealedException();
    }
    refusal = null;
  }

  private static IllegalStateException sealedException() {
    return new IllegalStateException(
        "this session can no longer change: in this request it was stored for the last time when the"
            + " response was committed, or given up when the request failed; change it before that");
  }

  /** Names the session by its handle; neither data nor id. */
  @Override
  public String toString() {
    return "Session[" + handle() + "]";
  }
}
