package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionId;
import org.typedsession.testkit.Seed;

final class RandomSessionCookieGeneratorTest {
  private static final int DRAWS = 100_000;
  private static final int LENGTH = SessionCookieValue.LENGTH;
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // Of 63 degrees of freedom; one position is beyond it once in ten thousand million times.
  private static final double CHI_SQUARE_LIMIT = 160;

  private final RandomSessionCookieGenerator generator =
      new RandomSessionCookieGenerator(Seed.random());

  @Test
  void next_manyDraws_areWellFormedUniqueAndEvenAtEveryPosition() {
    int[][] counts = new int[LENGTH][ALPHABET.length()];
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < DRAWS; i++) {
      String value = generator.next(id -> true).reveal();
      if (!value.matches("[A-Za-z0-9_-]{35}")) {
        throw new AssertionError("not of the form of a cookie value: " + value);
      }
      seen.add(value);
      for (int position = 0; position < LENGTH; position++) {
        counts[position][ALPHABET.indexOf(value.charAt(position))]++;
      }
    }

    assertThat(seen).hasSize(DRAWS);
    for (int position = 0; position < LENGTH; position++) {
      assertThat(chiSquare(counts[position]))
          .as("position %d", position)
          .isBetween(20.0, CHI_SQUARE_LIMIT);
    }
  }

  private static double chiSquare(int[] counts) {
    double expected = (double) DRAWS / counts.length;
    double sum = 0;
    for (int count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  }

  @Test
  void next_preferredIds_areHonoured() {
    for (int i = 0; i < 200; i++) {
      SessionCookieValue value = generator.next(id -> segment(id) == 17);

      assertThat(segment(value.id())).isEqualTo(17);
    }
  }

  private static int segment(SessionId id) {
    return Math.floorMod(id.stored().hashCode(), 256);
  }

  @Test
  void next_nothingPreferred_givesUpAndGivesOneAllTheSame() {
    AtomicInteger asked = new AtomicInteger();

    SessionCookieValue value =
        generator.next(
            id -> {
              asked.incrementAndGet();
              return false;
            });

    assertThat(SessionCookieValue.parse(value.reveal())).contains(value);
    assertThat(asked).hasValue(4096);
  }

  @Test
  void next_preference_neverRedrawsTheSecret() {
    Set<String> hashes = new HashSet<>();

    SessionCookieValue value =
        generator.next(
            id -> {
              hashes.add(id.hash());
              return hashes.size() > 1;
            });

    assertThat(hashes).containsExactly(value.id().stored().substring(3));
  }

  @Test
  void next_secret_carriesTheGeneratorsBytes() {
    RandomGenerator counting =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            return -1;
          }

          @Override
          public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
              bytes[i] = (byte) i;
            }
          }
        };

    String value = new RandomSessionCookieGenerator(counting).next(id -> true).reveal();

    byte[] secret = Base64.getUrlDecoder().decode(value.substring(3));
    assertThat(secret).hasSize(24).startsWith(0, 1, 2).endsWith(22, 23);
  }
}
