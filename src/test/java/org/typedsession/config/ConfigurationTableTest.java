package org.typedsession.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the table for readers to what can be set. */
final class ConfigurationTableTest {
  private static final Path TABLE = Path.of("src", "docs", "guide", "configuration.md");
  private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\|.*\\|.*\\|.*\\|$");

  @Test
  void table_rows_areExactlyTheSettings() throws IOException {
    List<String> documented =
        Files.readAllLines(TABLE).stream()
            .map(ROW::matcher)
            .filter(matcher -> matcher.matches())
            .map(matcher -> matcher.group(1))
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(Arrays.stream(Setting.values()).map(Setting::key).toList());
  }
}
