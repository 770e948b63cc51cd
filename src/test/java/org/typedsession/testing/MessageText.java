package org.typedsession.testing;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.typedsession.SessionHandle;
import org.typedsession.testkit.Seed;

/**
 * A text of the {@code Messages} of a package.
 *
 * @param owner whose method made it
 * @param method its name
 * @param text with samples for what is put into it
 */
public record MessageText(Class<?> owner, String method, String text) {
  /** The sample for every number. */
  public static final long NUMBER = 1_234_567;

  private static final Path MAIN = Path.of("src", "main", "java");

  /** Those of all packages. */
  public static List<MessageText> all() throws IOException, ReflectiveOperationException {
    List<MessageText> texts = new ArrayList<>();
    for (Class<?> owner : owners()) {
      for (Method method : owner.getDeclaredMethods()) {
        if (!Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic()) {
          method.setAccessible(true);
          Object[] samples =
              Arrays.stream(method.getParameterTypes()).map(MessageText::sample).toArray();
          texts.add(
              new MessageText(owner, method.getName(), (String) method.invoke(null, samples)));
        }
      }
    }
    return texts;
  }

  private static List<Class<?>> owners() throws IOException, ClassNotFoundException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(MAIN)) {
      sources = files.filter(file -> file.toString().endsWith("Messages.java")).sorted().toList();
    }
    List<Class<?>> owners = new ArrayList<>();
    for (Path source : sources) {
      String name = MAIN.relativize(source).toString().replace(".java", "");
      owners.add(Class.forName(name.replace(source.getFileSystem().getSeparator(), ".")));
    }
    return owners;
  }

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
}
