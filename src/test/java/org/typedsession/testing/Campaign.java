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
import java.util.OptionalLong;
import org.typedsession.testkit.Seed;

/**
 * The outcome of a randomised campaign: a row of {@code target/chaos/report.md}.
 *
 * @param name what was done to what
 * @param faults how often something failed, where that was counted
 * @param rounds how many sessions, remaps or operations were judged
 * @param forks how many sessions had two live ids, copies that differ, or two acknowledged
 *     successors of one id
 * @param lost how many sessions or acknowledged writes were lost
 * @param logoutsUndone how many sessions lived on after a logout was acknowledged, where logouts
 *     were judged by themselves
 * @param unexplained how many answers were stale, or unknown, or are explained by no order of the
 *     operations, forks and losses apart
 * @param worstOutage how long a client was refused at most, where that was measured
 */
public record Campaign(
    String name,
    OptionalLong faults,
    long rounds,
    long forks,
    long lost,
    OptionalLong logoutsUndone,
    long unexplained,
    Optional<Duration> worstOutage) {
  private static final Path DIRECTORY = Path.of("target", "chaos");
  private static final Path REPORT = DIRECTORY.resolve("report.md");

  /** A campaign that counts no faults, and does not tell undone logouts from other answers. */
  public Campaign(
      String name,
      long rounds,
      long forks,
      long lost,
      long unexplained,
      Optional<Duration> worstOutage) {
    this(
        name,
        OptionalLong.empty(),
        rounds,
        forks,
        lost,
        OptionalLong.empty(),
        unexplained,
        worstOutage);
  }

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
          .append("| campaign | faults | sessions or operations | forked for good")
          .append(" | acknowledged and lost | logouts undone | stale, unknown or unexplained")
          .append(" | worst outage |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    }
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %d | %d | %d | %s | %d | %s |%n",
            name.replace("|", "\\|"),
            counted(faults),
            rounds,
            forks,
            lost,
            counted(logoutsUndone),
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

  private static String counted(OptionalLong count) {
    return count.isPresent() ? Long.toString(count.getAsLong()) : "not counted";
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
