package org.typedsession.core;

import java.util.Base64;
import java.util.random.RandomGenerator;
import org.typedsession.SessionCookieValue;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionCookieGenerator;

/**
 * The standard generator: 192 random bits behind the nonce that the store chooses.
 *
 * <p>The nonce is public and says at most where a store keeps the session. All secrecy is in the
 * bits behind it, which are drawn first and never redrawn to please the store.
 */
public final class RandomSessionCookieGenerator implements SessionCookieGenerator {
  private final RandomGenerator random;

  /**
   * @param random a cryptographically strong generator, such as {@link java.security.SecureRandom}
   */
  public RandomSessionCookieGenerator(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public SessionCookieValue next(Placement placement) {
    byte[] bytes = new byte[SessionCookieValue.SECRET_BYTES];
    random.nextBytes(bytes);
    SessionCookieValue.Secret secret =
        new SessionCookieValue.Secret(
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    int first = random.nextInt(SessionCookieValue.NONCES);
    return secret.behind(placement.nonce(secret.hash(), first));
  }
}
