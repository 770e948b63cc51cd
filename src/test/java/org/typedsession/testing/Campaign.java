package org.typedsession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * The outcome of a randomised campaign: a row of {@code target/chaos/report.md}.
 *
 * @param name what was done to what
 * @param rounds how many sessions, remaps or operations were judged
 * @param forks how many sessions had two live ids, or two acknowledged successors of one id
 * @param lost how many sessions or acknowledged writes were lost
 * @param unexplained how many answers no order of the operations explains, forks and losses apart
 * @param worstOutage how long a client was refused at most, where that was measured
 */
public record Campaign(
    String name,
    long rounds,
    long forks,
    long lost,
    long unexplained,
    Optional<Duration> worstOutage) {
  private static final Path DIRECTORY = Path.of("target", "chaos");
  private static final Path REPORT = DIRECTORY.resolve("report.md");

  /** How many times as long a campaign is to be, by {@code -Dchaos.factor}. */
  public static int lengthened(int rounds) {
    return Math.multiplyExact(rounds, Integer.getInteger("chaos.factor", 1));
  }

  /**
   * Adds the row. To be called before the outcome is asserted.
   *
   * @param histories what went wrong, each told whole; kept in {@code target/chaos/NAME.txt}
   */
  public void report(Collection<String> histories) {
    StringBuilder text = new StringBuilder();
    if (!Files.exists(REPORT)) {
      text.append("Drawn from -D%s=%d.\n\n".formatted(Seed.PROPERTY, Seed.ofRun()))
          .append("| campaign | rounds | forks | lost | unexplained | worst outage |\n")
          .append("| --- | --- | --- | --- | --- | --- |\n");
    }
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %d | %d | %d | %s |%n",
            name.replace("|", "\\|"),
            rounds,
            forks,
            lost,
            unexplained,
            worstOutage
                .map(outage -> String.format(Locale.ROOT, "%.1f s", outage.toMillis() / 1e3))
                .orElse("not measured")));
    append(REPORT, text.toString());
    if (!histories.isEmpty()) {
      Path file = DIRECTORY.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".txt");
      append(file, String.join("\n\n", histories) + "\n");
    }
  }

  private static void append(Path file, String text) {
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(
          file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
