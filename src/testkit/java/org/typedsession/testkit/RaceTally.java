package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.TestReporter;

/**
 * What became of the rounds of one race, and the figures that may be quoted of it.
 *
 * <p>An outcome that the store could not tell counts as unknown, neither as won nor as refused.
 */
final class RaceTally {
  private static final String HEADER =
      "connector,race,rounds,winners,conflicts,forks,lost,unknown" + System.lineSeparator();

  private final String race;
  private int rounds;
  private int winners;
  private int conflicts;
  private int unknown;
  private int forks;
  private int lost;

  RaceTally(String race) {
    this.race = race;
  }

  void round() {
    rounds++;
  }

  void winner() {
    winners++;
  }

  void conflict() {
    conflicts++;
  }

  void unknown() {
    unknown++;
  }

  /** More than one id of a session was live. */
  void fork() {
    forks++;
  }

  /** Something acknowledged is gone: a change, a whole session, or the end of one. */
  void lost() {
    lost++;
  }

  int rounds() {
    return rounds;
  }

  int winners() {
    return winners;
  }

  int unknownOutcomes() {
    return unknown;
  }

  static Path file(Class<?> test) {
    return Path.of("target", "contract", test.getSimpleName() + ".csv");
  }

  /** Publishes the figures, and fails if one of them says that a promise was broken. */
  void settle(TestReporter reporter, Class<?> test, String connector) {
    String figures =
        "%s,%s,%d,%d,%d,%d,%d,%d"
            .formatted(connector, race, rounds, winners, conflicts, forks, lost, unknown);
    reporter.publishEntry(
        "race",
        "%s on %s: %d rounds, %d winners, %d conflicts, %d unknown, %d forks, %d lost"
            .formatted(race, connector, rounds, winners, conflicts, unknown, forks, lost));
    append(file(test), figures);
    assertThat(forks).as("forks in %s", figures).isZero();
    assertThat(lost).as("lost in %s", figures).isZero();
  }

  private static void append(Path file, String figures) {
    try {
      Files.createDirectories(file.getParent());
      String line = (Files.exists(file) ? "" : HEADER) + figures + System.lineSeparator();
      Files.writeString(
          file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
