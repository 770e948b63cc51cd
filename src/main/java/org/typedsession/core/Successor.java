package org.typedsession.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionHandle;
import org.typedsession.spi.Handover;

/**
 * What a privilege change leaves under the id that it replaces, for the same login sent once more
 * with the same old cookie: the new cookie value, and a digest of the data as it was stored. Sealed
 * under the old cookie value, which no store ever sees.
 *
 * <pre>
 * cookie value (35) SHA-256 of the encoded data (32)
 * </pre>
 */
final class Successor {
  private static final int COOKIE_LENGTH = SessionCookieValue.LENGTH;

  private final SessionCookieValue cookieValue;
  private final byte[] digest;

  private Successor(SessionCookieValue cookieValue, byte[] digest) {
    this.cookieValue = cookieValue;
    this.digest = digest;
  }

  /**
   * @param encoded what is stored of the data in the same step
   */
  static Successor of(SessionCookieValue cookieValue, byte[] encoded) {
    return new Successor(cookieValue, sha256(encoded));
  }

  SessionCookieValue cookieValue() {
    return cookieValue;
  }

  /** Whether the remap stored exactly this. */
  boolean hasStored(byte[] encoded) {
    return MessageDigest.isEqual(digest, sha256(encoded));
  }

  Handover sealed(SessionCookieValue previous, SessionHandle handle) {
    byte[] content =
        ByteBuffer.allocate(COOKIE_LENGTH + digest.length)
            .put(cookieValue.reveal().getBytes(StandardCharsets.US_ASCII))
            .put(digest)
            .array();
    return Handover.of(Seal.close(Seal.Purpose.SUCCESSOR, previous, handle, nonce(), content));
  }

  // The id is a hash of random bits that no other remap draws, and stands in the tombstone anyway.
  private byte[] nonce() {
    String hash = cookieValue.id().hash();
    return Arrays.copyOf(HexFormat.of().parseHex(hash), Seal.NONCE_LENGTH);
  }

  /** What was sealed; empty if this is not the cookie value that opens it, or nothing was. */
  static Optional<Successor> open(
      Handover handover, SessionCookieValue previous, SessionHandle handle) {
    if (handover.equals(Handover.NONE)) {
      return Optional.empty();
    }
    byte[] content;
    try {
      content = Seal.open(Seal.Purpose.SUCCESSOR, previous, handle, handover.bytes());
    } catch (SessionCodecException e) {
      // Of a version to come, or damaged: as if nothing had been left.
      return Optional.empty();
    }
    if (content.length < COOKIE_LENGTH) {
      return Optional.empty();
    }
    String value = new String(content, 0, COOKIE_LENGTH, StandardCharsets.US_ASCII);
    byte[] digest = Arrays.copyOfRange(content, COOKIE_LENGTH, content.length);
    return SessionCookieValue.parse(value).map(cookie -> new Successor(cookie, digest));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Successor[" + cookieValue.id() + "]";
  }
}
