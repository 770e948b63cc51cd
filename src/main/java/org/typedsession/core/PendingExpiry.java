package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.spi.SessionRecord;

/**
 * When a session is to expire: as the application has asked in this request, or as it is renewed;
 * never after its absolute lifetime.
 *
 * <p>What was asked for stays when it is stored, so that the renewal at the end of the request does
 * not undo it. Not safe for use by several threads.
 */
final class PendingExpiry {
  private final SessionPolicy policy;
  private @Nullable SessionExpiry requested;
  private @Nullable SessionRenewalStrategy requestedRenewal;

  PendingExpiry(SessionPolicy policy) {
    this.policy = policy;
  }

  /** Of a session that begins now. */
  SessionExpiry ofNew(Instant now) {
    return bounded(SessionExpiry.in(policy.timeToLive(), now), now);
  }

  /**
   * Takes note of what the application asks for.
   *
   * @param createdAt when the session began
   * @throws IllegalArgumentException if the expiry is more than 100 years away
   */
  void request(SessionExpiry expiry, Instant createdAt, Instant now) {
    if (expiry instanceof SessionExpiry.At at
        && (at.instant().isAfter(now.plus(SessionPolicy.LONGEST))
            || at.instant().isBefore(now.minus(SessionPolicy.LONGEST)))) {
      throw new IllegalArgumentException(
          "the expiry must be within 100 years, or never, was " + at.instant());
    }
    requested = bounded(inMillis(expiry), createdAt);
    requestedRenewal = SessionRenewalStrategy.Ignore.INSTANCE;
  }

  /** As {@link #request}, with a renewal to match. */
  void requestTimeToLive(Duration timeToLive, Instant createdAt, Instant now) {
    request(SessionExpiry.at(now.plus(timeToLive)), createdAt, now);
    requestedRenewal = policy.renewalOf(timeToLive);
  }

  void forgetRequest() {
    requested = null;
    requestedRenewal = null;
  }

  /** What the application has asked for a session that is not stored; null if nothing. */
  @Nullable SessionExpiry requested() {
    return requested;
  }

  /** What the application has asked for {@code session}; null if nothing. */
  @Nullable SessionExpiry requested(SessionRecord<?> session) {
    // It may have been asked for another session, which this request has left.
    return requested == null ? null : bounded(requested, session.createdAt());
  }

  /** Whether the application has asked for something else than {@code session} has. */
  boolean isChangeRequested(SessionRecord<?> session) {
    SessionExpiry asked = requested(session);
    return (asked != null && !asked.equals(session.expiry()))
        || (requestedRenewal != null && !requestedRenewal.equals(session.renewal()));
  }

  /** What a stored session becomes if it is written now. */
  <D> SessionRecord<D> applied(SessionRecord<D> session, Instant now) {
    SessionRecord<D> next = renewed(session, now);
    return requestedRenewal == null ? next : next.withRenewal(requestedRenewal);
  }

  /** What a stored session becomes at the end of a request that has nothing to store. */
  <D> SessionRecord<D> renewed(SessionRecord<D> session, Instant now) {
    return session.withExpiry(next(session, now), now);
  }

  /** What a session that is not stored becomes if it is written now. */
  <D> SessionRecord<D> appliedToNew(SessionRecord<D> session, Instant now) {
    return requested == null
        ? session
        : session.withExpiry(requested, now).withRenewal(requestedRenewal);
  }

  private SessionExpiry next(SessionRecord<?> session, Instant now) {
    if (requested != null) {
      return Objects.requireNonNull(requested(session));
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

  private SessionExpiry bounded(SessionExpiry expiry, Instant createdAt) {
    return expiry.earlier(SessionExpiry.in(policy.absoluteLifetime(), createdAt));
  }

  // As exact as stores keep it; otherwise what is stored would never be what was asked for.
  private static SessionExpiry inMillis(SessionExpiry expiry) {
    return expiry instanceof SessionExpiry.At at
        ? SessionExpiry.at(at.instant().truncatedTo(ChronoUnit.MILLIS))
        : expiry;
  }
}
