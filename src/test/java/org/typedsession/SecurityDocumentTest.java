package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the list of security requirements to the tests that there are. */
final class SecurityDocumentTest {
  private static final Path DOCUMENT = Path.of("src", "docs", "security.md");
  private static final List<Path> TESTS =
      List.of(
          Path.of("src", "test", "java"),
          Path.of("src", "it", "java"),
          Path.of("src", "testkit", "java"));
  private static final int REQUIREMENTS = 42;
  private static final List<String> STATUSES = List.of("met", "partly", "not met", "application");
  private static final Pattern COUNT = Pattern.compile("\\| ([a-z ]+) \\| (\\d+) \\|");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");
  // The methods of a test with whatever annotations stand between.
  private static final Pattern METHOD =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|RepeatedTest)\\b(?:(?!\\bvoid\\b)[\\s\\S])*?\\bvoid (\\w+)\\(");

  private record Row(String id, String requirement, String source, String status, String shown) {
    static Row of(String line) {
      List<String> cells =
          Arrays.stream(line.split("\\|", -1)).map(String::strip).collect(Collectors.toList());
      assertThat(cells).as(line).hasSize(7);
      return new Row(cells.get(1), cells.get(2), cells.get(3), cells.get(4), cells.get(5));
    }

    /** The tests that it names, as class and method. */
    List<String> tests() {
      return NAMED.matcher(shown).results().map(MatchResult::group).toList();
    }
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(DOCUMENT);
  }

  private static List<Row> rows() throws IOException {
    return lines().stream().filter(line -> line.startsWith("| S")).map(Row::of).toList();
  }

  @Test
  void rows_all_areThereOnceInOrderAndComplete() throws IOException {
    assertThat(rows())
        .extracting(Row::id)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, REQUIREMENTS).mapToObj(number -> "S" + number).toList());
    assertThat(rows())
        .allSatisfy(
            row -> {
              assertThat(row.requirement()).as(row.id()).isNotBlank();
              assertThat(row.source()).as(row.id()).isNotBlank();
              assertThat(row.status()).as(row.id()).isIn(STATUSES);
              assertThat(row.shown()).as(row.id()).isNotBlank();
            });
  }

  @Test
  void counts_eachStatus_areThoseOfTheRows() throws IOException {
    Map<String, Long> written = new LinkedHashMap<>();
    lines().stream()
        .map(COUNT::matcher)
        .filter(matcher -> matcher.matches())
        .forEach(matcher -> written.put(matcher.group(1), Long.valueOf(matcher.group(2))));

    List<Row> rows = rows();
    assertThat(written).containsOnlyKeys(STATUSES);
    assertThat(written)
        .allSatisfy(
            (status, count) ->
                assertThat(rows.stream().filter(row -> row.status().equals(status)).count())
                    .as(status)
                    .isEqualTo(count));
  }

  @Test
  void requirements_metOrPartly_nameTests() throws IOException {
    assertThat(rows())
        .filteredOn(row -> row.status().equals("met") || row.status().equals("partly"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.tests()).as(row.id()).isNotEmpty());
  }

  @Test
  void tests_thatAreNamed_exist() throws IOException {
    Map<String, List<String>> methods;
    try (Stream<Path> files = testSources()) {
      methods =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .collect(
                  Collectors.toMap(
                      file -> file.getFileName().toString().replace(".java", ""),
                      SecurityDocumentTest::testsIn,
                      // Classes of one name, in several packages, have no tests but in one of them.
                      (one, other) -> Stream.of(one, other).flatMap(List::stream).toList()));
    }

    for (Row row : rows()) {
      for (String test : row.tests()) {
        String[] names = test.replace("`", "").split("#", 2);
        assertThat(methods).as(row.id()).containsKey(names[0]);
        assertThat(methods.get(names[0])).as("%s, %s", row.id(), names[0]).contains(names[1]);
      }
    }
  }

  private static Stream<Path> testSources() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path root : TESTS) {
      try (Stream<Path> walked = Files.walk(root)) {
        walked.forEach(files::add);
      }
    }
    return files.stream();
  }

  private static List<String> testsIn(Path file) {
    try {
      return METHOD
          .matcher(Files.readString(file))
          .results()
          .map(result -> result.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
