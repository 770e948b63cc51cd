package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.spi.SessionRecord;

/**
 * What a request has read of its session, and what it has asked for since: from the two follows
 * what is to be written, see {@link #plan}.
 *
 * <p>Nothing here writes. Not safe for use by several threads; see {@link DefaultSession}.
 */
final class PendingChanges<D> {
  private final DefaultSessionStore<D> store;
  private final SessionOperations<D> operations;
  private final SessionPolicy policy;

  private LoadedSession<D> loaded;
  // The record of a session not stored yet: made when first asked for, so that its handle stays.
  private @Nullable SessionRecord<D> begun;

  private final PendingData<D> data;
  private final PendingExpiry expiry;
  // Given by the application, and so worth storing as it is.
  private boolean explicit;
  private boolean rotate;
  private @Nullable String requestedLabel;
  // The name that the container has authenticated, and the one that the application gave.
  private @Nullable String principal;
  private @Nullable String login;
  // Whether what is to be stored is a change of what another request has made of the session.
  private boolean joined;
  // Once true it stays: nothing that happens to the rest of the request takes a logout back.
  private boolean deleted;
  private @Nullable D dataAfterDeletion;

  /**
   * @param explicit whether the application gave the data itself, which is worth storing as it is
   */
  PendingChanges(DefaultSessionStore<D> store, LoadedSession<D> loaded, D data, boolean explicit) {
    this.store = store;
    this.operations = store.operations();
    this.policy = store.policy();
    this.loaded = loaded;
    this.data = new PendingData<>(store, data);
    this.expiry = new PendingExpiry(policy);
    this.explicit = explicit;
  }

  /** What the store holds, as last read or written. */
  LoadedSession<D> loaded() {
    return loaded;
  }

  /** As {@link #loaded}, for reading: of a session that this request ends nothing is to be seen. */
  LoadedSession<D> readable() {
    return deleted ? new LoadedSession.None<>() : loaded;
  }

  D data() {
    if (!deleted) {
      return data.value();
    }
    if (dataAfterDeletion == null) {
      dataAfterDeletion = store.defaultData();
    }
    return dataAfterDeletion;
  }

  D update(UnaryOperator<D> update) {
    return data.update(loaded, update);
  }

  void set(D newData) {
    data.set(loaded, newData);
  }

  void mutate(Consumer<D> mutation) {
    data.mutate(loaded, mutation);
  }

  void rotateId() {
    rotate = true;
  }

  /**
   * @throws IllegalStateException if the data names another principal
   */
  void login(String name) {
    if (store.owners().isDeclared() && !name.equals(store.owners().nameIn(data.value()))) {
      throw new IllegalStateException(
          "the data of this session names another principal, by @PrincipalName, than logs in");
    }
    login = name;
    rotate = true;
    explicit = true;
  }

  /** Takes note of the user whom the container has authenticated; null tells nothing. */
  void principal(@Nullable String name) {
    principal = name;
  }

  /** Whose session it is; null if nobody's. */
  @Nullable String principal() {
    return deleted ? null : nextPrincipal();
  }

  @Nullable String label() {
    if (requestedLabel != null && !deleted) {
      return requestedLabel;
    }
    return readable() instanceof LoadedSession.Live<D> stored
        ? stored.live().session().label()
        : null;
  }

  void label(String label) {
    requestedLabel = label;
  }

  SessionExpiry expiry() {
    SessionExpiry requested =
        loaded instanceof LoadedSession.Live<D> stored
            ? expiry.requested(stored.live().session())
            : expiry.requested();
    if (requested != null && !deleted) {
      return requested;
    }
    return readable() instanceof LoadedSession.Live<D> stored
        ? stored.live().session().expiry()
        : begun().expiry();
  }

  /**
   * @throws IllegalArgumentException if it is more than 100 years away
   */
  void expire(SessionExpiry asked) {
    expiry.request(asked, createdAt(), operations.now());
  }

  void timeToLive(Duration timeToLive) {
    expiry.requestTimeToLive(timeToLive, createdAt(), operations.now());
  }

  private Instant createdAt() {
    return loaded instanceof LoadedSession.Live<D> stored
        ? stored.live().session().createdAt()
        : begun().createdAt();
  }

  SessionHandle handle() {
    if (loaded instanceof LoadedSession.Replaced<D> dead && dead.overtaken()) {
      // It begins none of its own.
      return dead.handle();
    }
    return loaded instanceof LoadedSession.Live<D> stored
        ? stored.live().session().handle()
        : begun().handle();
  }

  private SessionRecord<D> begun() {
    if (begun == null) {
      begun = operations.begin(expiry.ofNew(operations.now()), data.value());
    }
    return begun;
  }

  void delete() {
    deleted = true;
  }

  boolean isDeleted() {
    return deleted;
  }

  /** Whether the changes can be made again on fresh data. */
  boolean isRepeatable() {
    return data.isRepeatable();
  }

  /** Whether they are changes of what another request has made of the session. */
  boolean isJoined() {
    return joined;
  }

  /**
   * Whether there is something to be stored that the application has asked for.
   *
   * @throws SessionCodecException if the data cannot be encoded, to compare it with what is stored
   */
  boolean isRequested() {
    return loaded instanceof LoadedSession.Live<D> stored
        ? deleted
            || rotate
            || isDetailRequested(stored.live().session())
            || dataChange().isChanged()
        : !deleted && (explicit || dataChange().isChanged());
  }

  private boolean isDetailRequested(SessionRecord<D> session) {
    return expiry.isChangeRequested(session)
        || (requestedLabel != null && !requestedLabel.equals(session.label()));
  }

  private PendingData.Change dataChange() {
    return data.change(loaded);
  }

  /**
   * What is to be written for what the application has asked for.
   *
   * @throws SessionCodecException if the data cannot be encoded
   */
  PendingWrite<D> plan() {
    if (deleted) {
      return planEnd();
    }
    if (!isRequested()) {
      return new PendingWrite.Nothing<>();
    }
    if (loaded instanceof LoadedSession.Live<D> stored) {
      return planChange(stored);
    }
    return loaded instanceof LoadedSession.Replaced<D> dead && dead.overtaken()
        ? new PendingWrite.Overtaken<>(dead, mayJoin())
        : planCreate();
  }

  /**
   * What is to be written when the request ends: as {@link #plan}; and where that is nothing, the
   * session follows the authenticated user, or else is renewed.
   *
   * @throws SessionCodecException as of {@link #plan}
   */
  PendingWrite<D> planAtEnd() {
    PendingWrite<D> plan = plan();
    return plan instanceof PendingWrite.Nothing ? planWithoutChanges() : plan;
  }

  /**
   * What is to be written when the request ends and all that the application has asked for is
   * stored. What another request has made of the session since is no reason to ask for it again.
   */
  PendingWrite<D> planWithoutChanges() {
    if (!(loaded instanceof LoadedSession.Live<D> stored)) {
      return new PendingWrite.Nothing<>();
    }
    SessionRecord<D> session = stored.live().session();
    Instant now = operations.now();
    SessionRecord<D> next = expiry.renewed(session, now);
    if (isPrincipalChanged(session)) {
      return new PendingWrite.FollowUser<>(stored, withNewPrivilege(session, next, now));
    }
    return next.equals(session)
        ? new PendingWrite.Nothing<>()
        : new PendingWrite.Renewal<>(stored, next, isCookieOutdated(session, next));
  }

  private PendingWrite<D> planEnd() {
    // The client of an id that was replaced a moment ago may hold the successor's cookie by now,
    // which is not this request's to remove.
    boolean isOurCookie =
        loaded instanceof LoadedSession.Live
            || (loaded instanceof LoadedSession.Replaced<D> dead && !dead.overtaken());
    return new PendingWrite.End<>(loaded, isOurCookie);
  }

  private PendingWrite<D> planCreate() {
    SessionRecord<D> session =
        withLabel(expiry.appliedToNew(begun().withData(data.value()), operations.now()));
    String name = principalOf(null, data.value());
    if (name != null) {
      session = session.withPrivilegeChange(session.createdAt(), name);
    }
    byte[] encoded = dataChange().encoded();
    if (name != null || isDeclaredPrivilegeChange()) {
      session = session.withAuthentication(session.createdAt());
    }
    return new PendingWrite.Create<>(
        session, encoded == null ? store.encode(data.value()) : encoded);
  }

  private PendingWrite<D> planChange(LoadedSession.Live<D> stored) {
    Instant now = operations.now();
    SessionRecord<D> session = stored.live().session();
    byte[] encoded = dataChange().encoded();
    boolean privilege = login != null || isPrincipalChanged(session) || dataChange().privilege();
    if (joined && (rotate || privilege)) {
      return new PendingWrite.Refused<>(
          session, "another request changed the session's privileges first");
    }
    SessionRecord<D> next =
        withLabel(expiry.applied(encoded == null ? session : session.withData(data.value()), now));
    return rotate || privilege
        ? new PendingWrite.Remap<>(stored, withNewPrivilege(session, next, now), encoded, privilege)
        : new PendingWrite.InPlace<>(
            stored, next, encoded, joined || isCookieOutdated(session, next));
  }

  private SessionRecord<D> withLabel(SessionRecord<D> session) {
    return requestedLabel == null ? session : session.withLabel(requestedLabel);
  }

  private boolean isCookieOutdated(SessionRecord<D> before, SessionRecord<D> after) {
    return policy.persistentCookie() && !after.expiry().equals(before.expiry());
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
    return store.privileges().isDeclared() && dataChange().privilege();
  }

  /** Takes {@code now} for what is stored, and nothing for pending. */
  void stored(LoadedSession.Live<D> now) {
    loaded = now;
    data.stored(now.live().session().data());
    forget();
  }

  /** Takes {@code now} for what is stored; it says nothing of what is pending. */
  void reloaded(LoadedSession.Live<D> now) {
    loaded = now;
  }

  /** Takes the session for one that is over. */
  void ended() {
    loaded = new LoadedSession.None<>();
  }

  /** Makes the changes again on what another request has stored. */
  void rerun(LoadedSession.Live<D> fresh) {
    data.rerun(fresh.live().session().data());
    loaded = fresh;
  }

  /**
   * Takes this request for one with the winner, and its changes for changes of what that one
   * stored.
   *
   * @return false if it has not shown that it is the same, or the winner cannot be told any more
   * @throws SessionConflictException if it is the same, and the updates fail on what it stored
   */
  boolean join(LoadedSession.Replaced<D> dead) {
    if (!mayJoin()) {
      return false;
    }
    SameLogin.Joined<D> same =
        new SameLogin<>(
                store,
                data.value(),
                dataChange().encoded(),
                data.updates(),
                Objects.requireNonNull(nextPrincipal()))
            .join(dead)
            .orElse(null);
    if (same == null) {
      return false;
    }
    data.join(same.data(), same.rerun());
    loaded = same.winner();
    joined = true;
    explicit = false;
    rotate = false;
    login = null;
    return true;
  }

  /**
   * Whether this request logs in or changes privileges, so that it may be one with another that
   * does the same. A new id alone shows nothing, and {@code set} and {@code mutate} cannot be run
   * again.
   */
  private boolean mayJoin() {
    return store.privileges().isDeclared()
        && data.isRepeatable()
        && isPrincipalShown()
        && (login != null || dataChange().privilege());
  }

  /** Whether this request names its user by itself, not by what the session said before. */
  private boolean isPrincipalShown() {
    String before =
        loaded instanceof LoadedSession.Live<D> stored ? stored.live().session().principal() : null;
    String name = nextPrincipal();
    return name != null && (login != null || !name.equals(before));
  }

  /** Drops what was asked for, but not that the session is to end. */
  void discard() {
    data.discard(loaded);
    expiry.forgetRequest();
    requestedLabel = null;
    forget();
  }

  private void forget() {
    explicit = false;
    rotate = false;
    login = null;
    joined = false;
  }

  private @Nullable String nextPrincipal() {
    return loaded instanceof LoadedSession.Live<D> stored
        ? nextPrincipal(stored.live().session())
        : principalOf(null, data.value());
  }

  private boolean isPrincipalChanged(SessionRecord<D> session) {
    return !Objects.equals(nextPrincipal(session), session.principal());
  }

  private @Nullable String nextPrincipal(SessionRecord<D> session) {
    // Data that this request has not changed may have been changed by another since it was read.
    return principalOf(session.principal(), data.isTouched() ? data.value() : session.data());
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
}
