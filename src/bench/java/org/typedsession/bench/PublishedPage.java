package org.typedsession.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page whose sections stand between two comments each, so that they can be written again. */
final class PublishedPage {
  private final Path file;
  private String text;

  PublishedPage(Path file) throws IOException {
    this.file = file;
    this.text = Files.readString(file);
  }

  private static String begin(String section) {
    return "<!-- %s: begin -->\n".formatted(section);
  }

  private static String end(String section) {
    return "<!-- %s: end -->".formatted(section);
  }

  boolean has(String section) {
    return text.contains(begin(section)) && text.contains(end(section));
  }

  String section(String section) {
    return text.substring(from(section), text.indexOf(end(section)));
  }

  private int from(String section) {
    if (!has(section)) {
      throw new IllegalStateException("%s has no section %s".formatted(file, section));
    }
    return text.indexOf(begin(section)) + begin(section).length();
  }

  void replace(String section, String content) {
    text = text.substring(0, from(section)) + content + text.substring(text.indexOf(end(section)));
  }

  void write() throws IOException {
    Files.writeString(file, text);
  }
}
