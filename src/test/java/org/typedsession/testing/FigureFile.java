package org.typedsession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures that a test leaves behind, as CSV.
 *
 * @param path where they are
 * @param columns the first line
 */
public record FigureFile(Path path, String columns) {
  /** {@code target/contract/NAME.csv}. */
  public static FigureFile of(String name, String columns) {
    return new FigureFile(Path.of("target", "contract", name + ".csv"), columns);
  }

  /** Removes the figures of earlier runs. */
  public void clear() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a line, below the columns. */
  public void append(String line) {
    try {
      Files.createDirectories(path.getParent());
      List<String> lines = new ArrayList<>();
      if (Files.notExists(path)) {
        lines.add(columns);
      }
      lines.add(line);
      Files.write(path, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
