package org.typedsession.core;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionConflictException;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;

/**
 * A login that may be the one that another request, the winner, has made first: the same login sent
 * twice is one login.
 *
 * <p>The request has to have shown by itself that it is the same: it names the winner's user by
 * credentials of its own, and what its updates made of what it had read has the privileges that the
 * winner has stored. Then they are run again on the winner's data, and the winner's cookie is the
 * answer to both. Whoever has nothing but the old id gains nothing.
 */
final class SameLogin<D> {
  private final DefaultSessionStore<D> store;
  private final SessionOperations<D> operations;
  private final D data;
  private final byte @Nullable [] encoded;
  private final List<UnaryOperator<D>> updates;
  private final String principal;

  /**
   * What comes of joining the winner.
   *
   * @param winner the session as it goes on
   * @param data what this request makes of its data
   * @param rerun whether the updates were run again for that; otherwise the winner has stored them
   */
  record Joined<D>(LoadedSession.Live<D> winner, D data, boolean rerun) {}

  /**
   * @param data what the request made of what it had read
   * @param encoded that, as it is to be stored; null if nothing of it was changed
   * @param updates how it made it
   * @param principal the user that it names by itself
   */
  SameLogin(
      DefaultSessionStore<D> store,
      D data,
      byte @Nullable [] encoded,
      List<UnaryOperator<D>> updates,
      String principal) {
    this.store = store;
    this.operations = store.operations();
    this.data = data;
    this.encoded = encoded;
    this.updates = updates;
    this.principal = principal;
  }

  /**
   * Joins whoever replaced the id of the request.
   *
   * @return empty if that was no login, or another one, or cannot be told any more
   * @throws SessionConflictException if it was the same, and the updates fail on what it stored
   */
  Optional<Joined<D>> join(LoadedSession.Replaced<D> dead) {
    SessionOperations.Winner<D> winner = operations.winner(dead).orElse(null);
    if (winner == null) {
      return Optional.empty();
    }
    SessionLookup.Live<D> live = winner.stored().live();
    if (!principal.equals(live.session().principal())
        || !isLogin(live.session())
        || !isSamePrivilege(live, data)) {
      return Optional.empty();
    }
    boolean isStored = encoded != null && winner.successor().hasStored(encoded);
    D rerun = rerun(live, isStored);
    if (rerun != null) {
      return Optional.of(new Joined<>(winner.stored(), rerun, true));
    }
    return isStored
        ? Optional.of(new Joined<>(winner.stored(), store.decode(operations.encoded(live)), false))
        : Optional.empty();
  }

  /**
   * Whether the session got its id when its user showed who they are. One that got it for less is
   * not what a login comes to: its user would have shown it for nothing, and may have company.
   */
  private static boolean isLogin(SessionRecord<?> session) {
    return session.privilegeChangedAt().equals(session.authenticatedAt());
  }

  /**
   * What the updates make of the winner's data; null if that would change its privileges.
   *
   * @param isStored whether the request can do without, since the winner has stored just that
   */
  private @Nullable D rerun(SessionLookup.Live<D> winner, boolean isStored) {
    SessionRecord<D> session = winner.session();
    D rerun;
    try {
      rerun = PendingData.updated(session.data(), updates);
    } catch (RuntimeException e) {
      // Made for somebody who is not logged in yet.
      if (isStored) {
        return null;
      }
      throw operations.overtaken(
          session.handle(),
          session.principal(),
          "another request made the same change first, and left no room for this one",
          e);
    }
    return isSamePrivilege(winner, rerun) ? rerun : null;
  }

  private boolean isSamePrivilege(SessionLookup.Live<D> winner, D compared) {
    return !store.isPrivilegeChange(operations.encoded(winner), winner.session().data(), compared);
  }
}
