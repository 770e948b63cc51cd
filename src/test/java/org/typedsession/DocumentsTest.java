package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the pages for readers to what there is: links, names of classes, samples. */
final class DocumentsTest {
  private static final Path HERE = Path.of("");
  private static final Path README = Path.of("README.md");
  private static final Path DOCS = Path.of("src", "docs");
  private static final Path DECISIONS = DOCS.resolve("decisions");
  private static final Path ARCHITECTURE = DOCS.resolve("architecture.md");
  private static final Path MAIN = Path.of("src", "main", "java");
  private static final int README_BYTES = 7_000;

  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern CODE = Pattern.compile("`[^`\\n]*`");
  private static final Pattern LINK = Pattern.compile("]\\(([^()\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  // What stays of a heading in its anchor, besides spaces.
  private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N} _-]");
  private static final Pattern TEST = Pattern.compile("`(\\w*[a-z](?:Test|IT|Races|Contract))`");
  private static final Pattern HOP = Pattern.compile("\\*\\*`(\\w+)(?:\\.(\\w+))?`\\*\\*");

  @TempDir private Path directory;

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every page of the repository. */
  private static List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(HERE);
        Stream<Path> docs = Files.walk(DOCS)) {
      return Stream.concat(top, docs)
          .map(Path::normalize)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  /** The pages that say how things are, and not how they came to be. */
  private static List<Path> presentPages() throws IOException {
    return pages().stream()
        .filter(page -> page.startsWith(DOCS) && !page.startsWith(DECISIONS))
        .toList();
  }

  private static List<String> links(Path page) {
    String text = CODE.matcher(FENCE.matcher(read(page)).replaceAll("")).replaceAll("code");
    return LINK.matcher(text)
        .results()
        .map(link -> link.group(1))
        .filter(link -> !ELSEWHERE.matcher(link).matches())
        .toList();
  }

  private static Path target(Path page, String link) {
    String path = URLDecoder.decode(link.split("#", 2)[0], StandardCharsets.UTF_8);
    return path.isEmpty() ? page : page.resolveSibling(path).normalize();
  }

  /** The anchors of a page, as GitHub makes them of its headings. */
  private static Set<String> anchors(Path page) {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher headings = HEADING.matcher(FENCE.matcher(read(page)).replaceAll(""));
    while (headings.find()) {
      String text = headings.group(1).strip().toLowerCase(Locale.ROOT);
      String anchor = NOT_IN_ANCHORS.matcher(text).replaceAll("").replace(' ', '-');
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  @Test
  void links_ofEveryPage_leadToAFileAndItsHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    int checked = 0;
    for (Path page : pages()) {
      for (String link : links(page)) {
        checked++;
        Path target = target(page, link);
        String[] parts = link.split("#", 2);
        if (!Files.exists(HERE.resolve(target))
            || (parts.length == 2 && !anchors(target).contains(parts[1]))) {
          broken.add(page + ": " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
    assertThat(checked).isGreaterThan(100);
  }

  @Test
  void readme_always_isShort() {
    assertThat(read(README).getBytes(StandardCharsets.UTF_8))
        .hasSizeLessThanOrEqualTo(README_BYTES);
  }

  @Test
  void readme_index_hasEveryPage() throws IOException {
    Set<Path> linked =
        links(README).stream().map(link -> target(README, link)).collect(Collectors.toSet());

    assertThat(linked).containsAll(presentPages());
  }

  @Test
  void tests_thatPagesName_exist() throws IOException {
    Set<String> classes = new HashSet<>(classes(Path.of("src", "test", "java")));
    classes.addAll(classes(Path.of("src", "it", "java")));
    classes.addAll(classes(Path.of("src", "testkit", "java")));
    classes.addAll(classes(Path.of("src", "tinystore", "java")));
    Map<Path, List<String>> named = new HashMap<>();
    for (Path page : presentPages()) {
      named.put(page, TEST.matcher(read(page)).results().map(test -> test.group(1)).toList());
    }

    assertThat(named.get(DOCS.resolve("guarantees.md"))).hasSizeGreaterThan(20);
    assertThat(named)
        .allSatisfy((page, tests) -> assertThat(classes).as(page.toString()).containsAll(tests));
  }

  @Test
  void hops_ofTheArchitecture_areClassesWithTheseMethods() throws IOException {
    Map<String, Path> sources;
    try (Stream<Path> files = Files.walk(MAIN)) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              // One for each package.
              .filter(file -> !file.endsWith("package-info.java"))
              .filter(file -> !file.endsWith("Messages.java"))
              .collect(Collectors.toMap(DocumentsTest::className, file -> file));
    }
    List<MatchResult> hops = HOP.matcher(read(ARCHITECTURE)).results().toList();

    assertThat(hops).hasSizeGreaterThan(40);
    for (MatchResult hop : hops) {
      assertThat(sources).containsKey(hop.group(1));
      if (hop.group(2) != null) {
        assertThat(read(sources.get(hop.group(1))))
            .as(hop.group())
            .containsPattern("\\b" + hop.group(2) + "\\(");
      }
    }
  }

  private static Set<String> classes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(DocumentsTest::className)
          .collect(Collectors.toSet());
    }
  }

  private static String className(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  /**
   * Compiles samples as an application would.
   *
   * @param page where they are
   * @param which the number of each among the page's samples in Java, from 0 on, to be compiled
   *     together
   */
  @ParameterizedTest
  @CsvSource({
    "README.md, 0",
    "src/docs/guide/start.md, 0 1",
    "src/docs/guide/migrating.md, 0",
    "src/docs/guide/migrating.md, 1"
  })
  void samples_inJava_compile(String page, String which) throws IOException {
    List<String> samples =
        FENCE
            .matcher(read(Path.of(page)))
            .results()
            .filter(sample -> sample.group(1).equals("java"))
            .map(sample -> sample.group(2))
            .toList();
    String chosen =
        Arrays.stream(which.split(" "))
            .map(number -> samples.get(Integer.parseInt(number)))
            .collect(Collectors.joining("\n"));

    assertThat(complaints(chosen)).isEmpty();
  }

  private List<String> complaints(String sample) throws IOException {
    String imports =
        Stream.of(
                "java.util.*",
                "java.util.stream.*",
                "java.io.*",
                "jakarta.enterprise.context.*",
                "jakarta.inject.*",
                "jakarta.servlet.annotation.*",
                "jakarta.servlet.http.*",
                "org.typedsession.*")
            .map("import %s;%n"::formatted)
            .collect(Collectors.joining());
    // Several types in one file: none of them can be public.
    String types = sample.replaceAll("(?m)^public (?=class|record|interface)", "");
    Path file = Files.writeString(directory.resolve("Sample.java"), imports + types);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
      compiler
          .getTask(
              null,
              files,
              diagnostics,
              List.of("-proc:none", "-classpath", classPath()),
              null,
              files.getJavaFileObjects(file))
          .call();
    }
    return diagnostics.getDiagnostics().stream()
        .filter(each -> each.getKind() == javax.tools.Diagnostic.Kind.ERROR)
        .map(each -> each.getLineNumber() + ": " + each.getMessage(Locale.ROOT))
        .toList();
  }

  // Surefire's own class path may be one jar that names the others.
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
