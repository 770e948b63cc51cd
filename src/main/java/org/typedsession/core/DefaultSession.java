package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.typedsession.Session;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionWatch;
import org.typedsession.spi.OpenSession;

/**
 * The session of one request, from the moment when it is opened until it is closed.
 *
 * <p>What is read and changed is in {@link PendingChanges}, what is stored of it is decided by
 * {@link SessionCommit}; this says when which is allowed, and lets one thread at a time do it. A
 * lock in place of a monitor, since it is held while the store is asked.
 */
final class DefaultSession<D> implements OpenSession<D> {
  private static final int LONGEST_LABEL = 200;

  private final DefaultSessionStore<D> store;
  private final SessionOperations<D> operations;

  private final ReentrantLock lock = new ReentrantLock();
  // What follows is used with the lock only.
  private final PendingChanges<D> changes;
  private final SessionCommit<D> commit;
  // Once true nothing can be changed or stored any more.
  private boolean closed;
  // Why the last attempt to store failed, as long as the application has done nothing about it.
  private @Nullable SessionException refusal;

  /**
   * @param explicit whether the application gave the data itself, which is worth storing as it is
   */
  DefaultSession(DefaultSessionStore<D> store, LoadedSession<D> loaded, D data, boolean explicit) {
    this.store = store;
    this.operations = store.operations();
    this.changes = new PendingChanges<>(store, loaded, data, explicit);
    this.commit = new SessionCommit<>(store, changes);
  }

  DefaultSessionStore<D> store() {
    return store;
  }

  @Override
  public D data() {
    return locked(changes::data);
  }

  @Override
  public D update(UnaryOperator<D> update) {
    return locked(
        () -> {
          requireChangeable();
          return changes.update(update);
        });
  }

  @Override
  public void set(D newData) {
    Objects.requireNonNull(newData, "data");
    change(() -> changes.set(newData));
  }

  @Override
  public void mutate(Consumer<D> mutation) {
    change(() -> changes.mutate(mutation));
  }

  @Override
  public void rotateId() {
    change(changes::rotateId);
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
  public void authenticated(String name) {
    Objects.requireNonNull(name, "the name of a principal must not be null");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the name of a principal must not be empty");
    }
    change(() -> changes.login(name));
  }

  @Override
  public boolean isDeleted() {
    return locked(changes::isDeleted);
  }

  @Override
  public Optional<String> principal() {
    return locked(() -> Optional.ofNullable(changes.principal()));
  }

  @Override
  public Optional<Instant> authenticatedAt() {
    return locked(
        () ->
            changes.readable() instanceof LoadedSession.Live<D> stored
                ? Optional.ofNullable(stored.live().session().authenticatedAt())
                : Optional.empty());
  }

  @Override
  public boolean isAuthenticatedWithin(Duration atMost) {
    Instant limit = operations.now().minus(atMost);
    return authenticatedAt().filter(at -> !at.isBefore(limit)).isPresent();
  }

  @Override
  public Optional<String> label() {
    return locked(() -> Optional.ofNullable(changes.label()));
  }

  @Override
  public void setLabel(String label) {
    if (label.isEmpty() || label.length() > LONGEST_LABEL) {
      throw new IllegalArgumentException(
          "a label must have 1 to %s characters, had %s".formatted(LONGEST_LABEL, label.length()));
    }
    change(() -> changes.label(label));
  }

  @Override
  public void delete() {
    locked(
        () -> {
          if (!changes.isDeleted()) {
            requireChangeable();
            changes.delete();
          }
        });
  }

  @Override
  public SessionExpiry expiry() {
    return locked(changes::expiry);
  }

  @Override
  public void expire(SessionExpiry expiry) {
    change(() -> changes.expire(expiry));
  }

  @Override
  public Optional<Duration> timeToLive() {
    return expiry().remaining(operations.now());
  }

  @Override
  public void setTimeToLive(Duration timeToLive) {
    if (timeToLive.isNegative()
        || timeToLive.isZero()
        || timeToLive.compareTo(SessionPolicy.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "timeToLive must be positive and at most 100 years, was " + timeToLive);
    }
    change(() -> changes.timeToLive(timeToLive));
  }

  @Override
  public Optional<D> stored() {
    // Without the lock: a request must not wait for a look from outside of it.
    return loaded() instanceof LoadedSession.Live<D> stored
        ? operations.stored(stored.cookieValue())
        : Optional.empty();
  }

  @Override
  public SessionWatch whenEnded(Runnable action) {
    Objects.requireNonNull(action, "action");
    LoadedSession.Live<D> watched = watched();
    return operations
        .watches()
        .add(watched.live().session().handle(), watched.cookieValue().id(), action);
  }

  @Override
  public <T> SessionWatch whenEnded(T owner, Consumer<? super T> action) {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(action, "action");
    LoadedSession.Live<D> watched = watched();
    return operations
        .watches()
        .add(watched.live().session().handle(), watched.cookieValue().id(), owner, action);
  }

  private LoadedSession.Live<D> watched() {
    if (!(loaded() instanceof LoadedSession.Live<D> stored)) {
      throw new IllegalStateException(
          "nothing is stored for this session, so it cannot end; ask isNew() before, or save()");
    }
    return stored;
  }

  /** Ends all sessions of this one's principal but this one. */
  void endOthers() {
    if (!(loaded() instanceof LoadedSession.Live<D> stored)) {
      throw new IllegalStateException("nothing is stored for this session, so it has no others");
    }
    String name = stored.live().session().principal();
    if (name == null) {
      throw new IllegalStateException(
          "this session is stored for no principal, so it has no others; save() a login before");
    }
    operations.endAll(name, stored);
  }

  private LoadedSession<D> loaded() {
    return locked(changes::loaded);
  }

  @Override
  public boolean isNew() {
    return locked(() -> !(changes.readable() instanceof LoadedSession.Live));
  }

  @Override
  public boolean isChanged() {
    return locked(
        () -> {
          try {
            return changes.isRequested();
          } catch (SessionCodecException e) {
            // There is something to store, and it will fail.
            return true;
          }
        });
  }

  @Override
  public SessionHandle handle() {
    return locked(changes::handle);
  }

  @Override
  public Optional<String> shortId() {
    return loaded() instanceof LoadedSession.Live<D> stored
        ? Optional.of(stored.cookieValue().id().toString())
        : Optional.empty();
  }

  @Override
  public Session<D> unwrap() {
    return this;
  }

  @Override
  public void principal(@Nullable String name) {
    locked(() -> changes.principal(name));
  }

  @Override
  public boolean wantsCookie() {
    return locked(
        () -> {
          try {
            return closed ? commit.isCookieCommanded() : commit.wantsCookie();
          } catch (SessionCodecException e) {
            // Nothing will be stored.
            return false;
          }
        });
  }

  @Override
  public void save() {
    locked(
        () -> {
          if (!closed) {
            saveChanges();
          } else if (isChanged()) {
            throw closedException();
          }
        });
  }

  @Override
  public SessionCookieCommand complete() {
    return locked(
        () -> {
          if (!closed) {
            saveChanges();
            if (!changes.isDeleted()) {
              commit.followOrRenew();
            }
            closed = true;
          }
          return commit.command();
        });
  }

  private void saveChanges() {
    try {
      commit.save();
      refusal = null;
    } catch (SessionException e) {
      refusal = e;
      throw e;
    }
    // A deletion is the last thing that a request does to its session.
    closed |= changes.isDeleted();
  }

  @Override
  public void discard() {
    locked(
        () -> {
          if (!closed) {
            changes.discard();
            refusal = null;
          }
        });
  }

  @Override
  public SessionCookieCommand abandon() {
    return locked(
        () -> {
          try {
            if (!closed && changes.isDeleted()) {
              commit.end();
            } else {
              discard();
            }
          } finally {
            closed = true;
          }
          return commit.command();
        });
  }

  @Override
  public Optional<SessionException> refusal() {
    return locked(() -> Optional.ofNullable(refusal));
  }

  private void change(Runnable change) {
    locked(
        () -> {
          requireChangeable();
          change.run();
        });
  }

  private void requireChangeable() {
    if (changes.isDeleted()) {
      throw new IllegalStateException("this session was deleted by this request");
    }
    if (closed) {
      throw closedException();
    }
    refusal = null;
  }

  private static IllegalStateException closedException() {
    return new IllegalStateException(
        "this session can no longer change: in this request it was stored for the last time when the"
            + " response was committed, or given up when the request failed; change it before that");
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Names the session by its handle; neither data nor id. */
  @Override
  public String toString() {
    return "Session[" + handle() + "]";
  }
}
