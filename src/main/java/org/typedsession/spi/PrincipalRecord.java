package org.typedsession.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionLimit;

/**
 * The sessions of one principal, as a store keeps them in one entry: the single place where it is
 * decided which of them live. Immutable; a change is a new record, written by compare-and-set.
 *
 * <p>A session that is let in gets a number, the {@link SessionRecord#admission() admission} in its
 * record. It is one of the principal's as long as it is listed here with that number. Numbers only
 * grow, so that all sessions up to one can be ended without naming them.
 *
 * @param lastAdmission the number that was given last; 0 if there was none
 * @param endedThrough what is not listed and has this number or a smaller one was ended
 * @param unlistedThrough what is not listed, has this number or a smaller one, and was not ended,
 *     is one of the principal's all the same
 * @param keptUntil until when one of the sessions that were ever let in could live: as long, and
 *     somewhat longer, a store has to keep this
 * @param members the sessions that are listed, the first let in first
 */
public record PrincipalRecord(
    long lastAdmission,
    long endedThrough,
    long unlistedThrough,
    SessionExpiry keptUntil,
    List<Member> members) {
  /** How many sessions are listed at most. */
  public static final int MOST_LISTED = SessionLimit.MOST;

  /** Of whom nothing was ever stored. */
  public static final PrincipalRecord NONE =
      new PrincipalRecord(0, 0, 0, SessionExpiry.at(Instant.EPOCH), List.of());

  /**
   * A session that was let in.
   *
   * @param admission the number under which it was
   * @param handle names the session
   * @param id the id that it had then, or has got since: the short way to it
   * @param admittedAt when it was let in
   * @param until how long it can live at most
   */
  public record Member(
      long admission, SessionHandle handle, SessionId id, Instant admittedAt, SessionExpiry until) {
    /** Cuts all times to milliseconds, which is how exactly stores keep them. */
    public Member {
      admittedAt = admittedAt.truncatedTo(ChronoUnit.MILLIS);
    }

    boolean is(long otherAdmission, SessionHandle otherHandle) {
      return admission == otherAdmission && handle.equals(otherHandle);
    }
  }

  /** Copies the list. */
  public PrincipalRecord {
    members = List.copyOf(members);
  }

  /** Whether the session {@code handle} is listed with the number {@code admission}. */
  public boolean lists(long admission, SessionHandle handle) {
    return members.stream().anyMatch(member -> member.is(admission, handle));
  }

  /** Whether that session is one of the principal's, listed or not. */
  public boolean admits(long admission, SessionHandle handle) {
    return lists(admission, handle) || (admission > endedThrough && admission <= unlistedThrough);
  }

  /**
   * This with one more session, which has the number {@link #lastAdmission} of the result. If the
   * list is full, the first on it is no longer listed, of those that live without that.
   */
  public PrincipalRecord admit(
      SessionHandle handle, SessionId id, Instant now, SessionExpiry until) {
    return admit(new Member(lastAdmission + 1, handle, id, now, until));
  }

  /** This with a session that has a number already. */
  public PrincipalRecord admit(Member member) {
    List<Member> more = new ArrayList<>(members);
    more.add(member);
    long unlisted = unlistedThrough;
    while (more.size() > MOST_LISTED) {
      unlisted = Math.max(unlisted, more.remove(firstThatMayGo(more)).admission());
    }
    return new PrincipalRecord(
        Math.max(lastAdmission, member.admission()),
        endedThrough,
        unlisted,
        later(keptUntil, member.until()),
        more);
  }

  /** One that an end of all others has left lives by being listed only. */
  private int firstThatMayGo(List<Member> some) {
    int first = 0;
    while (first < some.size() - 1 && some.get(first).admission() <= endedThrough) {
      first++;
    }
    return first;
  }

  private static SessionExpiry later(SessionExpiry one, SessionExpiry other) {
    return one.earlier(other).equals(one) ? other : one;
  }

  /**
   * This with another id of a listed session; empty if the session is none of the principal's any
   * more.
   */
  public Optional<PrincipalRecord> withId(long admission, SessionHandle handle, SessionId id) {
    if (!lists(admission, handle)) {
      return admits(admission, handle) ? Optional.of(this) : Optional.empty();
    }
    return Optional.of(
        with(
            members.stream()
                .map(
                    member ->
                        member.is(admission, handle)
                            ? new Member(admission, handle, id, member.admittedAt(), member.until())
                            : member)
                .toList()));
  }

  /** This without the members that {@code which} is true of. They are ended unless they left. */
  public PrincipalRecord without(Predicate<Member> which) {
    return with(members.stream().filter(which.negate()).toList());
  }

  /** This without that session. */
  public PrincipalRecord without(long admission, SessionHandle handle) {
    return without(member -> member.is(admission, handle));
  }

  /** This without the members that cannot live any more. */
  public PrincipalRecord pruned(Instant now) {
    return without(member -> member.until().isExpired(now));
  }

  /** This with none of the sessions that are not listed. */
  public PrincipalRecord withoutUnlisted() {
    return new PrincipalRecord(
        lastAdmission,
        Math.max(endedThrough, unlistedThrough),
        unlistedThrough,
        keptUntil,
        members);
  }

  /**
   * This with none of the sessions that were ever let in, but for those that {@code kept} lists.
   */
  public PrincipalRecord endAll(Predicate<Member> kept) {
    return new PrincipalRecord(
        lastAdmission,
        lastAdmission,
        unlistedThrough,
        keptUntil,
        members.stream().filter(kept).toList());
  }

  private PrincipalRecord with(List<Member> newMembers) {
    return newMembers.size() == members.size() && newMembers.equals(members)
        ? this
        : new PrincipalRecord(lastAdmission, endedThrough, unlistedThrough, keptUntil, newMembers);
  }

  /** Without the sessions, which may be many. */
  @Override
  public String toString() {
    return "PrincipalRecord[members=%s, lastAdmission=%s, endedThrough=%s]"
        .formatted(members.size(), lastAdmission, endedThrough);
  }

  /**
   * What a store holds about a principal, as it was read.
   *
   * @param principal what it holds, {@link #NONE} if nothing
   * @param version the back-end's own token for exactly this stored value, or for there being none
   */
  public record Stored(PrincipalRecord principal, Object version) {
    /** Both are needed. */
    public Stored {
      Objects.requireNonNull(principal, "principal");
      Objects.requireNonNull(version, "version");
    }
  }
}
