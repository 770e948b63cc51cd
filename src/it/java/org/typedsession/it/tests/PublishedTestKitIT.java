package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of somebody else, who has nothing of this project but the jars that are published. */
final class PublishedTestKitIT {
  private static final Path SOURCES = Path.of("src", "tinystore", "java", "tinystore");
  // Few: what is shown is that it can be done.
  private static final String ROUNDS = "50";

  @TempDir private Path directory;

  @Test
  void contract_ofTheTinyStore_isKept() throws IOException, InterruptedException {
    Path classes = directory.resolve("classes");
    String classPath = compiled(classes);

    String said = run(classes + File.pathSeparator + classPath);

    assertThat(said).contains(" 0 tests failed ").doesNotContain(" 0 tests successful ");
  }

  private String compiled(Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String classPath = published();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> sources = Files.list(SOURCES)) {
      boolean compiled =
          compiler
              .getTask(
                  said,
                  files,
                  null,
                  List.of("-d", classes.toString(), "-cp", classPath, "--release", "17"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources.toList()))
              .call();
      assertThat(compiled).as(said.toString()).isTrue();
    }
    return classPath;
  }

  private static String published() throws IOException {
    try (Stream<Path> libraries = Files.list(Path.of(System.getProperty("testkit.libraries")))) {
      return Stream.concat(
              Stream.of(System.getProperty("library.jar"), System.getProperty("testkit.jar")),
              libraries.map(Path::toString))
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  private String run(String classPath) throws IOException, InterruptedException {
    Path said = directory.resolve("said.txt");
    Process tests =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dcontract.rounds=" + ROUNDS,
                "-cp",
                classPath,
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--select-class=tinystore.TinyConnectorTest",
                "--fail-if-no-tests",
                "--details=summary",
                "--disable-banner",
                "--disable-ansi-colors")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int code = tests.waitFor();
    String text = Files.readString(said);
    assertThat(code).as(text).isZero();
    return text;
  }
}
