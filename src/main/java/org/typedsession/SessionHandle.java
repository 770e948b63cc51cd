package org.typedsession;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A random name of one session that is no secret and survives every change of its id.
 *
 * <p>Safe to show, to log, and to take from a user who says "end this session": it opens nothing.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record SessionHandle(long high, long low) {
  /** How many hexadecimal digits {@link #toString} gives. */
  private static final int DIGITS = 32;

  /** Draws a new handle from {@code random}. */
  public static SessionHandle random(RandomGenerator random) {
    return new SessionHandle(random.nextLong(), random.nextLong());
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @return the handle, or empty if {@code text} is not 32 hexadecimal digits
   */
  public static Optional<SessionHandle> parse(String text) {
    if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
      return Optional.empty();
    }
    return Optional.of(
        new SessionHandle(
            HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
            HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS)));
  }

  /** Gives 32 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
