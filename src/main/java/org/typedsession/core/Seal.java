package org.typedsession.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionHandle;

/**
 * Seals what is stored of a session so that the cookie value alone opens it: AES-256-GCM (NIST SP
 * 800-38D), under a key that HKDF with SHA-256 (RFC 5869) makes of the secret part of the value.
 * The session id is another hash of that secret, and leads to the key no more than to the secret.
 *
 * <p>What is sealed is bound to the handle and the id of its session: in another entry it does not
 * open. Nor does it open as what it is not: each {@link Purpose} has keys of its own.
 *
 * <pre>
 * marker (1, zero) version (1) nonce (12) ciphertext (as long as the data) tag (16)
 * </pre>
 *
 * <p>Safe for use by many threads.
 */
final class Seal {
  /** By how many bytes sealed data is longer. */
  static final int OVERHEAD = 1 + 1 + 12 + 16;

  // Neither JSON nor Protocol Buffers begins with a zero byte.
  private static final byte MARKER = 0;
  private static final byte VERSION = 1;
  static final int NONCE_LENGTH = 12;
  private static final int HEADER_LENGTH = 1 + 1 + NONCE_LENGTH;
  private static final int TAG_BITS = 128;
  private static final String MAC = "HmacSHA256";
  private static final byte[] SALT = ascii("typed-session");

  private final RandomGenerator random;

  /** What is sealed. */
  enum Purpose {
    DATA("seal of session data, AES-256-GCM"),
    SUCCESSOR("seal of a successor's cookie value, AES-256-GCM");

    private final String info;

    Purpose(String info) {
      this.info = info;
    }
  }

  /**
   * @param random draws nonces: has to be a cryptographic one
   */
  Seal(RandomGenerator random) {
    this.random = random;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether stored bytes are sealed, or pretend to be. */
  static boolean isSealed(byte[] stored) {
    return stored.length > 0 && stored[0] == MARKER;
  }

  /** Seals data. */
  byte[] close(SessionCookieValue cookieValue, SessionHandle handle, byte[] data) {
    // With a random one for each write, two of a key are the same by a chance of one in 2^95, and
    // a key has as many writes as its session has under one id.
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    return close(Purpose.DATA, cookieValue, handle, nonce, data);
  }

  /**
   * @param nonce of 12 bytes; never the same for two contents under one cookie value
   */
  static byte[] close(
      Purpose purpose,
      SessionCookieValue cookieValue,
      SessionHandle handle,
      byte[] nonce,
      byte[] content) {
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, purpose, cookieValue, handle, nonce).doFinal(content);
      return ByteBuffer.allocate(HEADER_LENGTH + sealed.length)
          .put(MARKER)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform cannot seal with AES-256-GCM", e);
    }
  }

  /**
   * Opens data.
   *
   * @throws SessionCodecException if it was not sealed for this value and session, or was altered
   */
  byte[] open(SessionCookieValue cookieValue, SessionHandle handle, byte[] sealed) {
    return open(Purpose.DATA, cookieValue, handle, sealed);
  }

  /**
   * @throws SessionCodecException if it was not sealed for this purpose, value and session, or was
   *     altered
   */
  static byte[] open(
      Purpose purpose, SessionCookieValue cookieValue, SessionHandle handle, byte[] sealed) {
    if (sealed.length < OVERHEAD || !isSealed(sealed) || sealed[1] != VERSION) {
      throw new SessionCodecException("the data is not sealed as this version seals it", null);
    }
    byte[] nonce = Arrays.copyOfRange(sealed, HEADER_LENGTH - NONCE_LENGTH, HEADER_LENGTH);
    try {
      return cipher(Cipher.DECRYPT_MODE, purpose, cookieValue, handle, nonce)
          .doFinal(sealed, HEADER_LENGTH, sealed.length - HEADER_LENGTH);
    } catch (GeneralSecurityException e) {
      throw new SessionCodecException(
          "the data was sealed for another session or id, or was altered", e);
    }
  }

  private static Cipher cipher(
      int mode, Purpose purpose, SessionCookieValue cookieValue, SessionHandle handle, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key(purpose, cookieValue), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(
        ByteBuffer.allocate(2 * Long.BYTES).putLong(handle.high()).putLong(handle.low()).array());
    cipher.updateAAD(ascii(cookieValue.id().stored()));
    return cipher;
  }

  private static SecretKeySpec key(Purpose purpose, SessionCookieValue cookieValue)
      throws GeneralSecurityException {
    byte[] secret = ascii(cookieValue.revealSecret());
    return new SecretKeySpec(hkdf(SALT, secret, ascii(purpose.info)), "AES");
  }

  /** The first 32 bytes that HKDF gives, which is one block. */
  static byte[] hkdf(byte[] salt, byte[] secret, byte[] info) throws GeneralSecurityException {
    byte[] block = Arrays.copyOf(info, info.length + 1);
    block[info.length] = 1;
    return mac(mac(salt, secret), block);
  }

  private static byte[] mac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(MAC);
    mac.init(new SecretKeySpec(key, MAC));
    return mac.doFinal(message);
  }
}
