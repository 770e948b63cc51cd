package org.typedsession.spi;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionEvent;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionRenewalStrategy;

/**
 * One session as a store keeps it.
 *
 * @param <D> the session data
 * @param handle names the session through all changes of its id
 * @param createdAt when the session was first stored; the absolute lifetime counts from here
 * @param renewedAt when its expiry was last moved
 * @param privilegeChangedAt when it last got a new id: at its creation or its last privilege change
 * @param authenticatedAt when its user last showed who they are, see {@link
 *     org.typedsession.Session#authenticatedAt}; null if they have not
 * @param expiry from when on it is unusable
 * @param renewal what using it does to its expiry, where the application has asked for that; null
 *     if the policy of the store decides
 * @param label what the application calls it for its user, or null
 * @param principal the name of the authenticated user it was last stored for, or null
 * @param admission the number under which the principal's entry let it in, see {@link
 *     PrincipalRecord}; 0 if none did
 * @param data the application's value
 */
public record SessionRecord<D>(
    SessionHandle handle,
    Instant createdAt,
    Instant renewedAt,
    Instant privilegeChangedAt,
    @Nullable Instant authenticatedAt,
    SessionExpiry expiry,
    @Nullable SessionRenewalStrategy renewal,
    @Nullable String label,
    @Nullable String principal,
    long admission,
    D data) {

  /** Cuts all times to milliseconds, which is how exactly stores keep them. */
  public SessionRecord {
    Objects.requireNonNull(data, "data");
    createdAt = inMillis(createdAt);
    renewedAt = inMillis(renewedAt);
    privilegeChangedAt = inMillis(privilegeChangedAt);
    authenticatedAt = authenticatedAt == null ? null : inMillis(authenticatedAt);
    expiry =
        expiry instanceof SessionExpiry.At at && !isInMillis(at.instant())
            ? SessionExpiry.at(inMillis(at.instant()))
            : expiry;
    renewal =
        renewal instanceof SessionRenewalStrategy.Automatic automatic
            ? new SessionRenewalStrategy.Automatic(
                inMillis(automatic.timeToLive()), inMillis(automatic.renewBelow()))
            : renewal;
  }

  // Nearly always it is: each request makes some records of what is stored.
  @SuppressWarnings("JavaInstantGetSecondsGetNano") // The part below a second is what is asked for.
  private static boolean isInMillis(Instant time) {
    return time.getNano() % 1_000_000 == 0;
  }

  private static Instant inMillis(Instant time) {
    return isInMillis(time) ? time : time.truncatedTo(ChronoUnit.MILLIS);
  }

  private static Duration inMillis(Duration positive) {
    return Duration.ofMillis(Math.max(1, positive.toMillis()));
  }

  /** A session that begins at {@code now}. */
  public static <D> SessionRecord<D> begin(
      SessionHandle handle, Instant now, SessionExpiry expiry, D data) {
    return new SessionRecord<>(handle, now, now, now, null, expiry, null, null, null, 0, data);
  }

  /** This session with other data, be it of another type. */
  @SuppressWarnings("unchecked") // Its data is that very object.
  public <T> SessionRecord<T> withData(T newData) {
    if (newData == data) {
      return (SessionRecord<T>) this;
    }
    return new SessionRecord<>(
        handle,
        createdAt,
        renewedAt,
        privilegeChangedAt,
        authenticatedAt,
        expiry,
        renewal,
        label,
        principal,
        admission,
        newData);
  }

  /** This session with {@code newExpiry}, renewed at {@code now} if that is another one. */
  public SessionRecord<D> withExpiry(SessionExpiry newExpiry, Instant now) {
    return newExpiry.equals(expiry)
        ? this
        : new SessionRecord<>(
            handle,
            createdAt,
            now,
            privilegeChangedAt,
            authenticatedAt,
            newExpiry,
            renewal,
            label,
            principal,
            admission,
            data);
  }

  /** This session, renewed by {@code newRenewal}; null: by the policy of its store. */
  public SessionRecord<D> withRenewal(@Nullable SessionRenewalStrategy newRenewal) {
    return new SessionRecord<>(
        handle,
        createdAt,
        renewedAt,
        privilegeChangedAt,
        authenticatedAt,
        expiry,
        newRenewal,
        label,
        principal,
        admission,
        data);
  }

  /** This session with {@code newLabel}. */
  public SessionRecord<D> withLabel(@Nullable String newLabel) {
    return new SessionRecord<>(
        handle,
        createdAt,
        renewedAt,
        privilegeChangedAt,
        authenticatedAt,
        expiry,
        renewal,
        newLabel,
        principal,
        admission,
        data);
  }

  /**
   * This session after a privilege change at {@code now}, stored for {@code newPrincipal}. If that
   * is another one than before, nobody has let it in yet.
   */
  public SessionRecord<D> withPrivilegeChange(Instant now, @Nullable String newPrincipal) {
    return new SessionRecord<>(
        handle,
        createdAt,
        renewedAt,
        now,
        authenticatedAt,
        expiry,
        renewal,
        label,
        newPrincipal,
        Objects.equals(newPrincipal, principal) ? admission : 0,
        data);
  }

  /** This session, whose user showed at {@code now} who they are. */
  public SessionRecord<D> withAuthentication(@Nullable Instant now) {
    return new SessionRecord<>(
        handle,
        createdAt,
        renewedAt,
        privilegeChangedAt,
        now,
        expiry,
        renewal,
        label,
        principal,
        admission,
        data);
  }

  /** This session, let in by its principal's entry under a number. */
  public SessionRecord<D> withAdmission(long newAdmission) {
    return new SessionRecord<>(
        handle,
        createdAt,
        renewedAt,
        privilegeChangedAt,
        authenticatedAt,
        expiry,
        renewal,
        label,
        principal,
        newAdmission,
        data);
  }

  /**
   * What is to be told of this session when it is found expired.
   *
   * @param absoluteLifetime how long a session can live at most, if that is known
   */
  public SessionEvent.SessionEnded expired(Instant now, Optional<Duration> absoluteLifetime) {
    boolean absolute =
        absoluteLifetime.isPresent()
            && expiry.equals(SessionExpiry.in(absoluteLifetime, createdAt));
    return new SessionEvent.SessionEnded(
        handle,
        now,
        Optional.ofNullable(principal),
        absolute ? SessionEvent.SessionEnded.Cause.ABSOLUTE : SessionEvent.SessionEnded.Cause.IDLE);
  }

  /** Without the data and the name, which are nobody's business in a log. */
  @Override
  public String toString() {
    return "SessionRecord[handle=" + handle + ", expiry=" + expiry + "]";
  }
}
