package org.typedsession.core;

import java.util.Base64;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionId;
import org.typedsession.spi.SessionCookieGenerator;

/**
 * The standard generator: 192 random bits behind the first nonce that gives a preferred id.
 *
 * <p>The nonce is public and says at most where a store keeps the session. All secrecy is in the
 * bits behind it, which are drawn first and never redrawn to please the store.
 */
public final class RandomSessionCookieGenerator implements SessionCookieGenerator {
  // A cache has 256 segments by default; among 4096 nonces one of a wanted segment is missing once
  // in ten million times, and then any nonce will do.
  private static final int MAXIMUM_NONCES = 4096;

  private final RandomGenerator random;

  /**
   * @param random a cryptographically strong generator, such as {@link java.security.SecureRandom}
   */
  public RandomSessionCookieGenerator(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public SessionCookieValue next(Predicate<SessionId> preferred) {
    byte[] bytes = new byte[SessionCookieValue.SECRET_BYTES];
    random.nextBytes(bytes);
    SessionCookieValue.Secret secret =
        new SessionCookieValue.Secret(
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    int first = random.nextInt(SessionCookieValue.NONCES);
    for (int i = 0; i < MAXIMUM_NONCES; i++) {
      int nonce = (first + i) % SessionCookieValue.NONCES;
      if (preferred.test(secret.idBehind(nonce))) {
        return secret.behind(nonce);
      }
    }
    return secret.behind(first);
  }
}
