package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.log.RateLimitedLog;
import org.typedsession.testing.MessageText;

/** Holds the texts of all packages to their ids, and the log to the texts. */
final class MessagesTest {
  private static final Path MAIN = Path.of("src", "main", "java");
  private static final Path DOCS = Path.of("src", "docs");
  private static final Path ARCHITECTURE = DOCS.resolve("architecture.md");

  private static final Pattern TEXT = Pattern.compile("(?s)TSESS(\\d{4}): \\S.*");
  private static final Pattern ID = Pattern.compile("TSESS(\\d{4})");
  private static final Pattern NUMBER = Pattern.compile("\\d{4}");
  private static final Pattern RANGE = Pattern.compile("(\\d{4}) to (\\d{4})");
  private static final Pattern SECTION = Pattern.compile("(?ms)^## Texts and their ids$(.*?)^## ");
  // Package, ranges, single ids.
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.]+)` \\|(.*)\\|(.*)\\|$");
  private static final Pattern RETIRED = Pattern.compile("(?m)^Retired: (.*)\\.$");

  /** What the page grants a package. */
  private record Ids(List<MatchResult> ranges, Set<String> singles) {
    boolean has(String id) {
      return singles.contains(id) || isInRange(id);
    }

    boolean isInRange(String id) {
      return ranges.stream()
          .anyMatch(
              range -> range.group(1).compareTo(id) <= 0 && id.compareTo(range.group(2)) <= 0);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String section() {
    return SECTION
        .matcher(read(ARCHITECTURE))
        .results()
        .map(section -> section.group(1))
        .collect(Collectors.joining());
  }

  /** By package, as the page on the architecture says. */
  private static Map<String, Ids> granted() {
    return ROW.matcher(section())
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group(1),
                row ->
                    new Ids(
                        RANGE.matcher(row.group(2)).results().toList(),
                        numbers(row.group(3), NUMBER))));
  }

  private static Set<String> retired() {
    return RETIRED
        .matcher(section())
        .results()
        .flatMap(line -> numbers(line.group(1), NUMBER).stream())
        .collect(Collectors.toSet());
  }

  private static Set<String> numbers(String text, Pattern pattern) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(match.groupCount()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String id(MessageText text) {
    return TEXT.matcher(text.text())
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.joining());
  }

  private static String packageOf(MessageText text) {
    String name = text.owner().getPackageName();
    return name.replace("org.typedsession.", "");
  }

  private static Map<String, List<MessageText>> byId()
      throws IOException, ReflectiveOperationException {
    return MessageText.all().stream()
        .collect(Collectors.groupingBy(MessagesTest::id, TreeMap::new, Collectors.toList()));
  }

  @Test
  void texts_ofAllPackages_beginWithAnId() throws IOException, ReflectiveOperationException {
    assertThat(MessageText.all())
        .hasSizeGreaterThan(80)
        .allSatisfy(text -> assertThat(text.text()).matches(TEXT));
  }

  @Test
  void ids_ofAllPackages_areUsedOnce() throws IOException, ReflectiveOperationException {
    assertThat(byId()).allSatisfy((id, texts) -> assertThat(texts).hasSize(1));
  }

  @Test
  void ids_retired_areNotUsedAgain() throws IOException, ReflectiveOperationException {
    assertThat(retired()).isNotEmpty();
    assertThat(byId().keySet()).doesNotContainAnyElementsOf(retired());
  }

  @Test
  void ids_ofEachPackage_areThoseThatThePageGrantsIt()
      throws IOException, ReflectiveOperationException {
    Map<String, Ids> granted = granted();
    Map<String, Set<String>> used =
        MessageText.all().stream()
            .collect(
                Collectors.groupingBy(
                    MessagesTest::packageOf,
                    Collectors.mapping(MessagesTest::id, Collectors.toCollection(TreeSet::new))));

    assertThat(granted).containsOnlyKeys(used.keySet());
    assertThat(used)
        .allSatisfy(
            (name, ids) -> {
              Ids ofPackage = granted.get(name);
              assertThat(ids).as(name).allMatch(ofPackage::has);
              // What the page names one by one is there, and outside of the ranges.
              assertThat(ids).as(name).containsAll(ofPackage.singles());
              assertThat(ofPackage.singles()).as(name).noneMatch(ofPackage::isInRange);
            });
  }

  @Test
  void ids_onThePages_exist() throws IOException, ReflectiveOperationException {
    Set<String> known = new TreeSet<>(byId().keySet());
    known.addAll(retired());
    List<Path> pages;
    try (Stream<Path> top = Files.list(Path.of(""));
        Stream<Path> docs = Files.walk(DOCS)) {
      pages =
          Stream.concat(top, docs)
              .filter(file -> file.toString().endsWith(".md"))
              .sorted()
              .toList();
    }
    Map<Path, Set<String>> named = new TreeMap<>();
    pages.forEach(page -> named.put(page, numbers(read(page), ID)));

    assertThat(named.get(DOCS.resolve(Path.of("guide", "operations.md")))).hasSizeGreaterThan(15);
    assertThat(named)
        .allSatisfy((page, ids) -> assertThat(known).as(page.toString()).containsAll(ids));
  }

  @Test
  void lines_ofInfoAndAbove_haveATextWithAnId() throws IOException {
    List<LogCall> calls = logCalls();

    assertThat(calls).filteredOn(LogCall::isDebug).hasSizeGreaterThan(20);
    assertThat(calls)
        .filteredOn(Predicate.not(LogCall::isDebug))
        .hasSizeGreaterThan(30)
        .allMatch(LogCall::hasTextWithId);
  }

  /**
   * A call of a method that logs.
   *
   * @param file in which it is
   * @param arguments a level first, or only what makes the text
   * @param variables what those of the file begin with
   */
  private record LogCall(
      Path file, List<? extends ExpressionTree> arguments, Map<String, ExpressionTree> variables) {
    private static final Pattern DEBUG = Pattern.compile("(System\\.)?Logger\\.Level\\.DEBUG");
    private static final Pattern MESSAGES = Pattern.compile("(Shared)?Messages");

    boolean isDebug() {
      return DEBUG.matcher(arguments.get(0).toString()).matches();
    }

    boolean hasTextWithId() {
      boolean hasLevel = !isText(arguments.get(0));
      return isOfMessages(arguments.get(hasLevel ? 1 : 0));
    }

    private static boolean isText(Tree argument) {
      return argument instanceof LambdaExpressionTree || argument instanceof MemberReferenceTree;
    }

    private boolean isOfMessages(@Nullable Tree text) {
      if (text instanceof LambdaExpressionTree lambda) {
        return isOfMessages(lambda.getBody());
      }
      if (text instanceof IdentifierTree variable) {
        return isOfMessages(variables.get(variable.getName().toString()));
      }
      if (text instanceof MemberReferenceTree reference) {
        return isMessages(reference.getQualifierExpression());
      }
      return text instanceof MethodInvocationTree call
          && call.getMethodSelect() instanceof MemberSelectTree method
          && isMessages(method.getExpression());
    }

    private static boolean isMessages(ExpressionTree owner) {
      return MESSAGES.matcher(owner.toString()).matches();
    }

    @Override
    public String toString() {
      return file + ": " + arguments;
    }
  }

  private static List<LogCall> logCalls() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(MAIN)) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              // It logs what others give it, which is looked at there.
              .filter(file -> !file.endsWith(RateLimitedLog.class.getSimpleName() + ".java"))
              .toList();
    }
    List<LogCall> calls = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      for (CompilationUnitTree unit : task.parse()) {
        collect(unit, calls);
      }
    }
    return calls;
  }

  private static void collect(CompilationUnitTree unit, List<LogCall> calls) {
    Path file = Path.of(unit.getSourceFile().getName());
    Map<String, ExpressionTree> variables = new HashMap<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
        if (variable.getInitializer() != null) {
          variables.put(variable.getName().toString(), variable.getInitializer());
        }
        return super.visitVariable(variable, null);
      }

      @Override
      public @Nullable Void visitMethodInvocation(
          MethodInvocationTree call, @Nullable Void nothing) {
        if (call.getMethodSelect() instanceof MemberSelectTree method
            && Set.of("log", "logIfDue").contains(method.getIdentifier().toString())
            && !call.getArguments().isEmpty()) {
          calls.add(new LogCall(file, call.getArguments(), variables));
        }
        return super.visitMethodInvocation(call, null);
      }
    }.scan(unit, null);
  }
}
