package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCookieValue;
import org.typedsession.spi.Placement;
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
      String value = generator.next(Placement.ANYWHERE).reveal();
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
  void next_placement_isHonoured() {
    SessionCookieValue value = generator.next((hash, first) -> 17);

    assertThat(value.reveal()).startsWith(SessionCookieValue.nonce(17));
  }

  @Test
  void next_placement_isToldTheHashAndNeverTheSecret() {
    List<String> told = new ArrayList<>();

    SessionCookieValue value =
        generator.next(
            (hash, first) -> {
              told.add(hash);
              return first;
            });

    assertThat(told).containsExactly(value.id().hash());
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

    String value = new RandomSessionCookieGenerator(counting).next(Placement.ANYWHERE).reveal();

    byte[] secret = Base64.getUrlDecoder().decode(value.substring(3));
    assertThat(secret).hasSize(24).startsWith(0, 1, 2).endsWith(22, 23);
  }
}
