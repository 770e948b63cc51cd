package org.typedsession;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * The client's secret: the value of its session cookie.
 *
 * <p>35 characters of {@code [A-Za-z0-9_-]}: 3 of a placement nonce, which is public, then 32 that
 * carry 192 random bits. It is shown to the client and to nobody else: no store, log line, event or
 * exception holds it, {@link #toString} hides it, and only {@link #reveal} and {@link
 * #revealSecret} give it out.
 */
public final class SessionCookieValue {
  /** How many characters of the placement nonce lead a cookie value, and the id of it. */
  static final int NONCE_LENGTH = 3;

  /** How many different placement nonces there are: {@link Secret#behind(int)} numbers them. */
  public static final int NONCES = 1 << (6 * NONCE_LENGTH);

  /** How many random bytes give the characters of a secret. */
  public static final int SECRET_BYTES = 24;

  private static final int SECRET_LENGTH = SECRET_BYTES * 4 / 3;
  private static final int DIGEST_BYTES = 32;

  /** How many characters the hash of a secret has, in hexadecimal. */
  static final int HASH_LENGTH = 2 * DIGEST_BYTES;

  /** How many characters a cookie value has. */
  public static final int LENGTH = NONCE_LENGTH + SECRET_LENGTH;

  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  // To ask the providers for another takes as long as the hash itself.
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(SessionCookieValue::newSha256);

  private final String value;
  private final SessionId id;

  private SessionCookieValue(String value, SessionId id) {
    this.value = value;
    this.id = id;
  }

  /**
   * Reads what a client sent.
   *
   * @return the value, or empty if the length or the alphabet rules it out
   */
  public static Optional<SessionCookieValue> parse(String text) {
    if (text.length() != LENGTH || !isAllowed(text)) {
      return Optional.empty();
    }
    // Becomes the id: the nonce stays in front.
    byte[] buffer = new byte[SessionId.LENGTH];
    put(text, buffer);
    hash(buffer, NONCE_LENGTH);
    return Optional.of(
        new SessionCookieValue(text, new SessionId(new String(buffer, StandardCharsets.US_ASCII))));
  }

  private static void put(String ascii, byte[] target) {
    for (int i = 0; i < ascii.length(); i++) {
      target[i] = (byte) ascii.charAt(i);
    }
  }

  // A loop instead of a stream: every request with a cookie comes by here.
  private static boolean isAllowed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isAllowed(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Puts the hash of a secret in its place, in hexadecimal: one buffer for all, since every request
   * with a cookie comes by here.
   *
   * @param buffer has room for the hash from there on
   * @param at where the secret begins
   */
  private static void hash(byte[] buffer, int at) {
    MessageDigest digest = SHA_256.get();
    // An overflow of the stack in the middle of the last use may have left something.
    digest.reset();
    digest.update(buffer, at, SECRET_LENGTH);
    int raw = at + DIGEST_BYTES;
    try {
      digest.digest(buffer, raw, DIGEST_BYTES);
    } catch (DigestException e) {
      throw new AssertionError("there is room for it", e);
    }
    // Clears the buffer that the thread keeps of the secret.
    digest.reset();
    // The digits never get ahead of the bytes that are still to be read.
    for (int i = 0; i < DIGEST_BYTES; i++) {
      byte b = buffer[raw + i];
      buffer[at + 2 * i] = DIGITS[b >> 4 & 0xf];
      buffer[at + 2 * i + 1] = DIGITS[b & 0xf];
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Whether a cookie value may hold the character {@code c}. */
  static boolean isAllowed(int c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  /**
   * The placement nonce of this number.
   *
   * @param number from 0 to {@link #NONCES} - 1
   */
  public static String nonce(int number) {
    byte[] characters = new byte[NONCE_LENGTH];
    putNonce(number, characters, 0);
    return new String(characters, StandardCharsets.US_ASCII);
  }

  /**
   * Writes the characters of {@link #nonce} in ASCII, for a store that tries many.
   *
   * @param at where in {@code target} they begin
   */
  public static void putNonce(int number, byte[] target, int at) {
    target[at] = ALPHABET[number >> 12 & 63];
    target[at + 1] = ALPHABET[number >> 6 & 63];
    target[at + 2] = ALPHABET[number & 63];
  }

  /** The id under which the store knows the session. */
  public SessionId id() {
    return id;
  }

  /** The secret itself, for the one place that writes the cookie. */
  public String reveal() {
    return value;
  }

  /** The part of {@link #reveal} that is secret: what comes behind the placement nonce. */
  public String revealSecret() {
    return value.substring(NONCE_LENGTH);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionCookieValue that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Names the id, never the secret. */
  @Override
  public String toString() {
    return "SessionCookieValue[id=" + id + "]";
  }

  /**
   * The random part of a cookie value, hashed once, so that a store can try many nonces in front of
   * the hash.
   */
  public static final class Secret {
    private final String characters;
    private final String hash;

    /**
     * @param characters 32 of {@code [A-Za-z0-9_-]}
     * @throws IllegalArgumentException if they are not; the message does not repeat them
     */
    public Secret(String characters) {
      if (characters.length() != SECRET_LENGTH || !isAllowed(characters)) {
        throw new IllegalArgumentException(
            "a secret has " + SECRET_LENGTH + " characters of [A-Za-z0-9_-]");
      }
      this.characters = characters;
      byte[] buffer = new byte[HASH_LENGTH];
      put(characters, buffer);
      SessionCookieValue.hash(buffer, 0);
      this.hash = new String(buffer, StandardCharsets.US_ASCII);
    }

    /**
     * The cookie value of this secret behind {@code nonce}.
     *
     * @throws IllegalArgumentException if the nonce is not 3 of {@code [A-Za-z0-9_-]}
     */
    public SessionCookieValue behind(String nonce) {
      return new SessionCookieValue(nonce + characters, SessionId.of(nonce, hash));
    }

    /**
     * The cookie value of this secret behind one of all nonces.
     *
     * @param number of the nonce, from 0 to {@link #NONCES} - 1
     */
    public SessionCookieValue behind(int number) {
      return behind(nonce(number));
    }

    /** The hash of the secret, as ids have it: 64 lower-case hexadecimal digits. */
    public String hash() {
      return hash;
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
      return "Secret[…]";
    }
  }
}
