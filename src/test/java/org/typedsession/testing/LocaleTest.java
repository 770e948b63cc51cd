package org.typedsession.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.spi.Messages;

/** Numbers in texts are the same everywhere: logs are read by programs as well. */
final class LocaleTest {
  private static final Locale EGYPT = Locale.forLanguageTag("ar-EG-u-nu-arab");
  private static final long NUMBER = 1_234_567;

  // What Formatter writes in the digits and with the signs of the default locale.
  private static final Pattern LOCALIZED =
      Pattern.compile("%(\\d+\\$)?[-#+0,(<]*\\d*(\\.\\d+)?[deEfgGtT]");

  private static Object sample(Class<?> type) {
    if (type == long.class) {
      return NUMBER;
    }
    if (type == int.class) {
      return (int) NUMBER;
    }
    if (type == Duration.class) {
      return Duration.ofMillis(NUMBER);
    }
    if (type == Instant.class) {
      return Instant.ofEpochMilli(NUMBER);
    }
    if (type == Optional.class) {
      return Optional.of("x");
    }
    if (type == Set.class) {
      return Set.of("x");
    }
    if (type == Map.class) {
      return Map.of("x", Duration.ofMillis(NUMBER));
    }
    if (type == List.class) {
      return List.of("x");
    }
    return type == SessionHandle.class ? SessionHandle.random(Seed.random()) : "x";
  }

  private static List<String> texts() throws ReflectiveOperationException {
    List<String> texts = new ArrayList<>();
    for (Method method : Messages.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())) {
        Object[] samples =
            Arrays.stream(method.getParameterTypes()).map(LocaleTest::sample).toArray();
        texts.add((String) method.invoke(null, samples));
      }
    }
    return texts;
  }

  @Test
  void messages_anyLocale_haveAsciiDigitsOnly() throws ReflectiveOperationException {
    Locale before = Locale.getDefault();
    Locale.setDefault(EGYPT);
    try {
      assertThat("%d".formatted(NUMBER)).as("a locale with other digits").startsWith("١");
      assertThat(texts())
          .anySatisfy(text -> assertThat(text).contains(Long.toString(NUMBER)))
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
