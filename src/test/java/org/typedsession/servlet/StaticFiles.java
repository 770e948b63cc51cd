package org.typedsession.servlet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The static part of the filter application. */
final class StaticFiles {
  private StaticFiles() {}

  /** Puts the files below {@code directory} and gives their root. */
  static Path in(Path directory) throws IOException {
    Path root = Files.createDirectories(directory.resolve("files"));
    Files.writeString(root.resolve("big.txt"), "x".repeat(100_000));
    return root;
  }
}
