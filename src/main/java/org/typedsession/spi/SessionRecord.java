package org.typedsession.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;

/**
 * One session as a store keeps it.
 *
 * @param <D> the session data
 * @param handle names the session through all changes of its id
 * @param createdAt when the session was first stored; the absolute lifetime counts from here
 * @param renewedAt when its expiry was last moved
 * @param privilegeChangedAt when it last got a new id: at its creation or its last privilege change
 * @param expiry from when on it is unusable
 * @param principal the name of the authenticated user it was last stored for, or null
 * @param data the application's value
 */
public record SessionRecord<D>(
    SessionHandle handle,
    Instant createdAt,
    Instant renewedAt,
    Instant privilegeChangedAt,
    SessionExpiry expiry,
    @Nullable String principal,
    D data) {

  /** Cuts all times to milliseconds, which is how exactly stores keep them. */
  public SessionRecord {
    Objects.requireNonNull(data, "data");
    createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS);
    renewedAt = renewedAt.truncatedTo(ChronoUnit.MILLIS);
    privilegeChangedAt = privilegeChangedAt.truncatedTo(ChronoUnit.MILLIS);
    expiry =
        expiry instanceof SessionExpiry.At at
            ? SessionExpiry.at(at.instant().truncatedTo(ChronoUnit.MILLIS))
            : expiry;
  }

  /** A session that begins at {@code now}. */
  public static <D> SessionRecord<D> begin(
      SessionHandle handle, Instant now, SessionExpiry expiry, D data) {
    return new SessionRecord<>(handle, now, now, now, expiry, null, data);
  }

  /** This session with other data. */
  public SessionRecord<D> withData(D newData) {
    return new SessionRecord<>(
        handle, createdAt, renewedAt, privilegeChangedAt, expiry, principal, newData);
  }

  /** This session with {@code newExpiry}, renewed at {@code now} if that is another one. */
  public SessionRecord<D> withExpiry(SessionExpiry newExpiry, Instant now) {
    return newExpiry.equals(expiry)
        ? this
        : new SessionRecord<>(
            handle, createdAt, now, privilegeChangedAt, newExpiry, principal, data);
  }

  /** This session after a privilege change at {@code now}, stored for {@code newPrincipal}. */
  public SessionRecord<D> withPrivilegeChange(Instant now, @Nullable String newPrincipal) {
    return new SessionRecord<>(handle, createdAt, renewedAt, now, expiry, newPrincipal, data);
  }

  /** Without the data and the name, which are nobody's business in a log. */
  @Override
  public String toString() {
    return "SessionRecord[handle=" + handle + ", expiry=" + expiry + "]";
  }
}
