package org.typedsession.it.apps;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServlet;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * One application in two versions, which differ in the class of the session data. Their sources are
 * below {@code src/it/versions}, and compiled here: one compilation cannot hold two classes of one
 * name.
 */
public enum ShopWar {
  OLD,
  NEW;

  private static final Path SOURCES = Path.of("src", "it", "versions");
  private static final Path CLASSES = Path.of("target", "versions");

  /** What its sessions say. */
  public String version() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The application, always of the same name. */
  public WebArchive archive() {
    WebArchive war = AppsWar.of("shop");
    Path classes = CLASSES.resolve(version());
    compile(classes);
    try (Stream<Path> files = Files.walk(classes)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> war.addAsResource(file.toFile(), "" + classes.relativize(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return war;
  }

  private void compile(Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Files.createDirectories(classes);
      List<Path> sources;
      try (Stream<Path> both = Files.walk(SOURCES.resolve("both"));
          Stream<Path> own = Files.walk(SOURCES.resolve(version()))) {
        sources =
            Stream.concat(both, own).filter(file -> file.toString().endsWith(".java")).toList();
      }
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of("--release", "17", "-proc:none", "-d", "" + classes, "-cp", classPath()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new AssertionError(complaints.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    Stream<Path> interfaces =
        Stream.of(Inject.class, ApplicationScoped.class, HttpServlet.class).map(ShopWar::jarOf);
    return Stream.concat(Stream.of(Path.of(System.getProperty("library.jar"))), interfaces)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
