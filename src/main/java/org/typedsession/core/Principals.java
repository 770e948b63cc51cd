package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimitException;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.HeldInterrupt;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.PrincipalRecord.Member;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;

/**
 * Which sessions a principal has. Each principal has one entry, and every decision is one
 * compare-and-set of it: who is let in, who has to go, and that all have to.
 *
 * <p>Safe for use by many threads.
 */
final class Principals<D> {
  // A login that was let in and is not done by then never will be.
  private static final Duration LONGEST_LOGIN = Duration.ofMinutes(1);
  // Clocks of nodes differ.
  private static final Duration MARGIN = Duration.ofMinutes(1);
  // Of all that write at once one succeeds each time, so that this is far more than it takes.
  private static final int MOST_ATTEMPTS = 500;
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(16);

  private final SessionStoreConnector<D> connector;
  private final Optional<SessionLimit> limit;
  private final Optional<Duration> absoluteLifetime;
  private final InstantSource clock;

  Principals(SessionStoreConnector<D> connector, SessionPolicy policy, InstantSource clock) {
    this.connector = connector;
    this.limit = policy.limit();
    this.absoluteLifetime = policy.absoluteLifetime();
    this.clock = clock;
  }

  /**
   * A session that was let in.
   *
   * @param number the admission, for its record
   * @param ended whom the limit ended for it
   */
  record Admission(long number, List<Member> ended) {}

  /** Whether a stored session is still one of its principal's. One read, if it has a principal. */
  boolean isAdmitted(SessionRecord<?> session, SessionId id) {
    String name = session.principal();
    if (name == null || session.admission() == 0) {
      return true;
    }
    PrincipalRecord found = connector.lookUpPrincipal(name).principal();
    if (found.admits(session.admission(), session.handle())) {
      return true;
    }
    if (isEnded(found, session)) {
      return false;
    }
    // It was let in on the other side of a split, and the entry is as this side left it.
    change(
        name,
        principal ->
            principal.admits(session.admission(), session.handle()) || isEnded(principal, session)
                ? principal
                : principal.admit(member(session, id)));
    return true;
  }

  /** Whether a session that is not listed was ended. */
  private boolean isEnded(PrincipalRecord principal, SessionRecord<?> session) {
    return !principal.admits(session.admission(), session.handle())
        && (!connector.mayFork() || session.admission() <= principal.endedThrough());
  }

  private Member member(SessionRecord<?> session, SessionId id) {
    return new Member(
        session.admission(), session.handle(), id, clock.instant(), longestLife(session));
  }

  private SessionExpiry longestLife(SessionRecord<?> session) {
    return SessionExpiry.in(absoluteLifetime, session.createdAt());
  }

  /**
   * Lets a session in, before it is stored for its principal.
   *
   * @param id the id that it is going to have
   * @throws SessionLimitException if its principal has as many as may be
   */
  Admission admit(String name, SessionRecord<?> session, SessionId id) {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      PrincipalRecord.Stored found = connector.lookUpPrincipal(name);
      Instant now = clock.instant();
      List<Member> ended = new ArrayList<>();
      PrincipalRecord room =
          withRoom(name, found.principal().pruned(now.minus(MARGIN)), session, ended);
      PrincipalRecord next = room.admit(session.handle(), id, now, longestLife(session));
      // The one atomic step: whoever replaces what was read has decided who is in and who is out.
      if (connector.writePrincipal(name, found, next)) {
        return new Admission(next.lastAdmission(), ended);
      }
      pause(attempt);
    }
    throw contended();
  }

  private PrincipalRecord withRoom(
      String name, PrincipalRecord before, SessionRecord<?> session, List<Member> ended) {
    if (limit.isEmpty()) {
      return before;
    }
    int most = limit.get().sessions();
    PrincipalRecord principal = before.withoutUnlisted();
    if (others(principal, session.handle()).size() < most) {
      return principal;
    }
    // Sessions go without telling the entry: they expire, or are ended by whoever does not know of
    // it. A place is taken from them now that it is needed.
    principal =
        principal.without(
            member -> !member.handle().equals(session.handle()) && isGone(name, member));
    List<SessionHandle> others = new ArrayList<>(others(principal, session.handle()));
    if (others.size() < most) {
      return principal;
    }
    if (limit.get().whenReached() == SessionLimit.WhenReached.REFUSE) {
      throw new SessionLimitException(
          "this user has %s sessions, and may not have more; end another one first"
              .formatted(others.size()));
    }
    Set<SessionHandle> going = Set.copyOf(others.subList(0, others.size() - most + 1));
    principal.members().stream()
        .filter(member -> going.contains(member.handle()))
        .forEach(ended::add);
    return principal.without(member -> going.contains(member.handle()));
  }

  /** The sessions that are listed besides {@code own}, the first let in first. */
  private static Set<SessionHandle> others(PrincipalRecord principal, SessionHandle own) {
    Set<SessionHandle> others = new LinkedHashSet<>();
    principal.members().stream()
        .sorted(Comparator.comparingLong(Member::admission))
        .map(Member::handle)
        .filter(handle -> !handle.equals(own))
        .forEach(others::add);
    return others;
  }

  private boolean isGone(String name, Member member) {
    SessionLookup<D> found = connector.findSession(member.handle(), member.id());
    if (found instanceof SessionLookup.Undecodable) {
      // By this version of the application. Another one may be able to.
      return false;
    }
    return session(found, name, member).isEmpty()
        && !clock.instant().isBefore(member.admittedAt().plus(LONGEST_LOGIN));
  }

  private static <D> Optional<SessionRecord<D>> session(
      SessionLookup<D> found, String name, Member member) {
    return found
        .live()
        .filter(
            session ->
                name.equals(session.principal()) && session.admission() == member.admission());
  }

  /**
   * Notes the id that a session has got.
   *
   * @return false if it was ended
   */
  boolean follow(String name, SessionRecord<?> session, SessionId id) {
    return tellsOfEnd(
        name,
        session,
        principal -> principal.withId(session.admission(), session.handle(), id).orElse(principal));
  }

  /**
   * Lets a session go that is no longer this principal's, or over.
   *
   * @return false if it was ended before
   */
  boolean leave(String name, SessionRecord<?> session) {
    return tellsOfEnd(
        name, session, principal -> principal.without(session.admission(), session.handle()));
  }

  private boolean tellsOfEnd(
      String name, SessionRecord<?> session, UnaryOperator<PrincipalRecord> change) {
    return session.admission() == 0 || !isEnded(change(name, change), session);
  }

  /** Takes back an admission that came to nothing. */
  void retract(String name, long number, SessionHandle handle) {
    change(name, principal -> principal.without(number, handle));
  }

  /** The sessions that are listed; some may be over. */
  List<Member> members(String name) {
    return connector.lookUpPrincipal(name).principal().members();
  }

  /** What there is of a listed session; empty if it is over. */
  Optional<SessionRecord<D>> session(String name, Member member) {
    return session(connector.findSession(member.handle(), member.id()), name, member);
  }

  /**
   * Ends one session by its handle.
   *
   * @return what it was listed as; empty if it was not
   */
  List<Member> end(String name, SessionHandle handle) {
    PrincipalRecord before =
        change(name, principal -> principal.without(member -> member.handle().equals(handle)));
    return before.members().stream().filter(member -> member.handle().equals(handle)).toList();
  }

  /**
   * Ends all sessions, at a cost that has nothing to do with how many there are.
   *
   * @param kept the one that is not ended, or null
   * @param keptId its id
   * @return those that were listed
   */
  List<Member> endAll(String name, @Nullable SessionRecord<?> kept, @Nullable SessionId keptId) {
    PrincipalRecord before =
        change(
            name,
            principal -> {
              if (kept == null || keptId == null || isEnded(principal, kept)) {
                return principal.endAll(member -> false);
              }
              PrincipalRecord listed =
                  principal.lists(kept.admission(), kept.handle())
                      ? principal
                      : principal.admit(member(kept, keptId));
              return listed.endAll(
                  member ->
                      member.admission() == kept.admission()
                          && member.handle().equals(kept.handle()));
            });
    return before.members().stream()
        .filter(member -> kept == null || !member.handle().equals(kept.handle()))
        .toList();
  }

  /** Changes an entry in one atomic step, and gives what it was before. */
  private PrincipalRecord change(String name, UnaryOperator<PrincipalRecord> change) {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      PrincipalRecord.Stored found = connector.lookUpPrincipal(name);
      PrincipalRecord next = change.apply(found.principal());
      // The one atomic step.
      if (next.equals(found.principal()) || connector.writePrincipal(name, found, next)) {
        return found.principal();
      }
      pause(attempt);
    }
    throw contended();
  }

  private static void pause(int attempt) {
    long bound =
        Math.min(LONGEST_PAUSE, TimeUnit.MICROSECONDS.toNanos(100) << Math.min(attempt, 8));
    try (HeldInterrupt held = new HeldInterrupt()) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(bound));
      held.take();
    }
  }

  private static SessionStoreUnavailableException contended() {
    return new SessionStoreUnavailableException(
        "too many logins of one principal at once kept changing the list of their sessions", null);
  }

  @Override
  public String toString() {
    return "Principals[" + Objects.toString(limit.orElse(null)) + "]";
  }
}
