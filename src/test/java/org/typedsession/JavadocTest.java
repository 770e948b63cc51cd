package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the javadoc to what the build cannot ask for: doclint's group {@code missing} is switched
 * off there, because it wants a tag for each parameter and result, also where the sentence says it.
 */
final class JavadocTest {
  private static final Path MAIN = Path.of("src", "main", "java");

  @TempDir private Path classes;

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static String place(Diagnostic<? extends JavaFileObject> diagnostic) {
    return diagnostic.getSource().getName()
        + ":"
        + diagnostic.getLineNumber()
        + ": "
        + diagnostic.getMessage(Locale.ENGLISH);
  }

  @Test
  void javadoc_ofWhatIsPublicOrProtected_hasCommentAndThrows() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(found, Locale.ENGLISH, null)) {
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  found,
                  List.of(
                      "-proc:none",
                      "-implicit:none",
                      "-Xmaxwarns",
                      "10000",
                      "-Xdoclint:missing/protected",
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources()))
              .call();
      assertThat(compiled).isTrue();
    }
    List<String> all = found.getDiagnostics().stream().map(JavadocTest::place).toList();

    // Otherwise doclint was not at work.
    assertThat(all).anyMatch(line -> line.contains("no @param"));
    assertThat(
            all.stream()
                .filter(line -> !line.contains("no @param") && !line.contains("no @return")))
        .isEmpty();
  }
}
