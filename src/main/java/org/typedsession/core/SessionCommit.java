package org.typedsession.core;

import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.SessionRecord;

/**
 * Carries out what a request has pending: plans, tries, and plans again on what another request has
 * stored if that was first.
 *
 * <p>Not safe for use by several threads; see {@link DefaultSession}.
 */
final class SessionCommit<D> {
  private final DefaultSessionStore<D> store;
  private final SessionOperations<D> operations;
  private final int maximumReruns;
  private final PendingChanges<D> changes;
  private SessionCookieCommand command = SessionCookieCommand.DoNothing.INSTANCE;

  SessionCommit(DefaultSessionStore<D> store, PendingChanges<D> changes) {
    this.store = store;
    this.operations = store.operations();
    this.maximumReruns = store.policy().maximumReruns();
    this.changes = changes;
  }

  /** What is to become of the client's cookie, because of what was stored. */
  SessionCookieCommand command() {
    return command;
  }

  /** Whether storing everything would ask for a change of the client's cookie, as of now. */
  boolean wantsCookie() {
    return isCookieCommanded() || changes.planAtEnd().changesCookie();
  }

  boolean isCookieCommanded() {
    return !(command instanceof SessionCookieCommand.DoNothing);
  }

  /**
   * Stores what the application has asked for, on fresh data as often as others are first and it
   * may be tried.
   *
   * @throws SessionException as {@link Session#save} does
   */
  void save() {
    int reruns = 0;
    PendingWrite<D> plan = changes.plan();
    while (!(plan instanceof PendingWrite.Nothing)) {
      if (plan instanceof PendingWrite.Competing<D> write) {
        if (isWritten(write)) {
          return;
        }
        rerun(reruns++);
      } else if (plan instanceof PendingWrite.Overtaken<D> overtaken) {
        join(overtaken.dead());
      } else if (plan instanceof PendingWrite.Refused<D> refused) {
        throw operations.conflict(refused.session(), refused.reason());
      } else if (plan instanceof PendingWrite.End<D> end) {
        end(end);
        return;
      }
      plan = changes.plan();
    }
    if (changes.loaded() instanceof LoadedSession.Live<D> winner
        && (reruns > 0 || changes.isJoined())) {
      // Made again, the changes change nothing any more.
      boolean newId = changes.isJoined();
      changes.stored(winner);
      if (newId) {
        setCookie(winner);
      }
    }
  }

  /**
   * Does what the end of a request does to a stored session of which nothing is to be saved: it
   * follows the authenticated user, or else is renewed.
   *
   * @throws SessionException if the session does not get the new id that its user needs
   */
  void followOrRenew() {
    PendingWrite<D> plan = changes.planWithoutChanges();
    for (int reruns = 0; plan instanceof PendingWrite.FollowUser<D> following; reruns++) {
      if (isFollowed(following) || !lookAgain(following, reruns)) {
        return;
      }
      plan = changes.planWithoutChanges();
    }
    if (plan instanceof PendingWrite.Renewal<D> renewal) {
      renew(renewal);
    }
  }

  /** Carries out a deletion, and stores nothing. */
  void end() {
    if (changes.plan() instanceof PendingWrite.End<D> end) {
      end(end);
    }
  }

  private void end(PendingWrite.End<D> end) {
    if (end.loaded() instanceof LoadedSession.Live<D> stored) {
      operations.end(stored.live().session(), stored.cookieValue().id());
    } else if (end.loaded() instanceof LoadedSession.Replaced<D> dead) {
      operations.end(dead.handle(), dead.id());
    }
    if (end.changesCookie()) {
      command = SessionCookieCommand.Delete.INSTANCE;
    }
    changes.ended();
  }

  private boolean isWritten(PendingWrite.Competing<D> write) {
    LoadedSession.Live<D> written = write.write(operations);
    if (written == null) {
      return false;
    }
    changes.stored(written);
    if (write.changesCookie()) {
      setCookie(written);
    }
    return true;
  }

  private void setCookie(LoadedSession.Live<D> stored) {
    command = new SessionCookieCommand.Set(stored.cookieValue(), stored.live().session().expiry());
  }

  /** Makes the changes again on what another request has stored first. */
  private void rerun(int reruns) {
    LoadedSession.Live<D> base = stored();
    SessionRecord<D> session = base.live().session();
    if (changes.isRepeatable()) {
      store.pause(reruns);
    }
    LoadedSession<D> there = operations.findAgain(base.cookieValue());
    if (there instanceof LoadedSession.Live<D> fresh) {
      requireRerun(fresh.live().session(), reruns);
      operations.countRerun();
      changes.rerun(fresh);
    } else if (!(there instanceof LoadedSession.Replaced<D> dead)
        || changes.isJoined()
        || !isJoined(dead)) {
      throw operations.overtaken(
          session.handle(),
          session.principal(),
          "the session ended or its id was replaced by another request",
          null);
    }
  }

  private void requireRerun(SessionRecord<D> session, int reruns) {
    if (!changes.isRepeatable()) {
      throw operations.conflict(
          session, "another request changed the session first, and set cannot be rerun");
    }
    if (reruns >= maximumReruns) {
      throw operations.conflict(
          session, "other requests kept changing the session; gave up rerunning");
    }
  }

  private void join(LoadedSession.Replaced<D> dead) {
    if (!isJoined(dead)) {
      throw operations.overtaken(
          dead.handle(), null, "the session's id was replaced by another request", null);
    }
  }

  private boolean isJoined(LoadedSession.Replaced<D> dead) {
    if (!changes.join(dead)) {
      return false;
    }
    operations.countJoin();
    return true;
  }

  private boolean isFollowed(PendingWrite.FollowUser<D> following) {
    try {
      return isWritten(following);
    } catch (SessionStoreUnavailableException e) {
      if (!e.isFull()) {
        throw e;
      }
      // Its id cannot change any more, and must not go on for another user.
      end(new PendingWrite.End<>(following.base(), true));
      return true;
    }
  }

  /** Whether the session is still there under the id that the user has to leave. */
  private boolean lookAgain(PendingWrite.FollowUser<D> following, int reruns) {
    if (reruns >= maximumReruns) {
      throw operations.conflict(
          following.base().live().session(),
          "other requests kept changing the session of a new user");
    }
    store.pause(reruns);
    if (!(operations.findAgain(following.base().cookieValue())
        instanceof LoadedSession.Live<D> fresh)) {
      return false;
    }
    operations.countRerun();
    changes.reloaded(fresh);
    return true;
  }

  private void renew(PendingWrite.Renewal<D> renewal) {
    LoadedSession.Live<D> written;
    try {
      written = renewal.write(operations);
    } catch (SessionStoreUnavailableException e) {
      return;
    }
    if (written != null) {
      changes.reloaded(written);
      if (renewal.changesCookie()) {
        setCookie(written);
      }
    }
  }

  private LoadedSession.Live<D> stored() {
    if (changes.loaded() instanceof LoadedSession.Live<D> stored) {
      return stored;
    }
    throw new IllegalStateException("a new session has lost a race");
  }
}
