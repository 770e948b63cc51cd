package org.typedsession;

import java.util.Optional;

/**
 * What a store knows a session by: the SHA-256 of the client's secret behind a public placement
 * nonce.
 *
 * <p>The way back to the secret is closed, so an id may be stored; presenting one as a cookie opens
 * nothing. An id comes from a {@link SessionCookieValue}, or from {@link #fromStored} out of a
 * store.
 */
public final class SessionId {
  private static final int SHOWN = 8;

  /** How many characters {@link #stored} has. */
  public static final int LENGTH = SessionCookieValue.NONCE_LENGTH + SessionCookieValue.HASH_LENGTH;

  private final String stored;

  /**
   * @param stored has the form of one
   */
  SessionId(String stored) {
    this.stored = stored;
  }

  /**
   * The id of a secret that hashes to {@code hash}.
   *
   * @param nonce the placement nonce, 3 of {@code [A-Za-z0-9_-]}
   * @param hash 64 lower-case hexadecimal digits
   * @throws IllegalArgumentException if one of them has another form
   */
  public static SessionId of(String nonce, String hash) {
    String stored = nonce + hash;
    // Together they may have the form although neither has.
    if (nonce.length() != SessionCookieValue.NONCE_LENGTH || !hasTheForm(stored)) {
      throw new IllegalArgumentException("not a nonce and a SHA-256 in hex");
    }
    return new SessionId(stored);
  }

  /**
   * Reads back what {@link #stored} gave to a store.
   *
   * @return the id, or empty if {@code stored} is none
   */
  public static Optional<SessionId> fromStored(String stored) {
    return hasTheForm(stored) ? Optional.of(new SessionId(stored)) : Optional.empty();
  }

  // A loop instead of a regular expression: every request with a cookie comes by here.
  private static boolean hasTheForm(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean allowed =
          i < SessionCookieValue.NONCE_LENGTH
              ? SessionCookieValue.isAllowed(c)
              : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (!allowed) {
        return false;
      }
    }
    return true;
  }

  /** The whole id as a store keeps it: 67 ASCII characters. */
  public String stored() {
    return stored;
  }

  /** The hash without the nonce in front of it: 64 lower-case hexadecimal digits. */
  public String hash() {
    return stored.substring(SessionCookieValue.NONCE_LENGTH);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionId that && stored.equals(that.stored);
  }

  @Override
  public int hashCode() {
    return stored.hashCode();
  }

  /** The first 8 hexadecimal digits of the hash: enough to follow a session through a log. */
  @Override
  public String toString() {
    return hash().substring(0, SHOWN);
  }
}
