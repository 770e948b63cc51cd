package org.typedsession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program in a process of its own.
 *
 * @param command the executable and its arguments
 * @param environment what is added to that of this process
 */
public record Program(List<String> command, Map<String, String> environment) {
  /** One in the environment of this process. */
  public Program(List<String> command) {
    this(command, Map.of());
  }

  /** An executable of the JDK that runs the tests. */
  public static String ofJdk(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /**
   * Runs it to its end.
   *
   * @return what it printed
   * @throws AssertionError if it fails, or does not end in time
   */
  public String run(Duration patience) {
    try {
      Path output = Files.createTempFile("program", ".txt");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        process.destroyForcibly();
        String printed = Files.readString(output);
        if (!ended || process.exitValue() != 0) {
          throw new AssertionError(
              "%s %s: %s"
                  .formatted(String.join(" ", command), ended ? "fails" : "does not end", printed));
        }
        return printed;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
