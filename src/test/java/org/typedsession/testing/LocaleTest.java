package org.typedsession.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Numbers in texts are the same everywhere: logs are read by programs as well. */
final class LocaleTest {
  private static final Locale EGYPT = Locale.forLanguageTag("ar-EG-u-nu-arab");

  // What Formatter writes in the digits and with the signs of the default locale.
  private static final Pattern LOCALIZED =
      Pattern.compile("%(\\d+\\$)?[-#+0,(<]*\\d*(\\.\\d+)?[deEfgGtT]");

  @Test
  void messages_anyLocale_haveAsciiDigitsOnly() throws IOException, ReflectiveOperationException {
    Locale before = Locale.getDefault();
    Locale.setDefault(EGYPT);
    try {
      assertThat("%d".formatted(MessageText.NUMBER))
          .as("a locale with other digits")
          .startsWith("١");
      assertThat(MessageText.all())
          .extracting(MessageText::text)
          .anySatisfy(text -> assertThat(text).contains(Long.toString(MessageText.NUMBER)))
          .allSatisfy(
              text ->
                  assertThat(text.chars().filter(Character::isDigit))
                      .as(text)
                      .allMatch(digit -> digit < 0x80));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void formats_everywhere_leaveNothingToTheLocale() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")).flatMap(LocaleTest::lines))
          .isNotEmpty()
          .noneMatch(line -> LOCALIZED.matcher(line).find());
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().filter(line -> line.contains("\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
