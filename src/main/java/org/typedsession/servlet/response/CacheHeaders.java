package org.typedsession.servlet.response;

import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The header fields by which a response lets caches store it: {@code Cache-Control} (RFC 9111), and
 * those that shared caches go by in its place (RFC 9213, and older ones of their own).
 */
final class CacheHeaders {
  private static final String CACHE_CONTROL = "Cache-Control";
  private static final String TARGETED = "-cache-control";
  private static final String PRIVATE = "private";
  private static final String NO_STORE = "no-store";
  private static final String ACCELERATOR_EXPIRES = "x-accel-expires";
  private static final String SURROGATE_CONTROL = "surrogate-control";
  // How what is served is to be put together (Edge Architecture Specification): no cache's affair.
  // Only as it has to be written, so that nothing else can hide in it.
  private static final Predicate<String> CONTENT =
      Pattern.compile("content=(\"[^\"]*\"|[^\\s\",;]+)(;[^\\s\",;]+)?").asMatchPredicate();
  private static final Set<String> OF_THEIR_OWN =
      Set.of(SURROGATE_CONTROL, "edge-control", ACCELERATOR_EXPIRES);
  // What lets a shared cache in, or is for one only.
  private static final Set<String> SHARED = Set.of("public", "s-maxage", PRIVATE);

  private CacheHeaders() {}

  /** Whether the header called {@code name} says what caches may do. */
  static boolean isOne(String name) {
    return name.equalsIgnoreCase(CACHE_CONTROL) || isForSharedCaches(name);
  }

  private static boolean isForSharedCaches(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(TARGETED) || OF_THEIR_OWN.contains(lower);
  }

  /**
   * Keeps shared caches from storing {@code response}, whatever it has said so far. What it says to
   * others stays; if it says nothing, no cache may store it.
   *
   * @return a header that would have let a shared cache store it
   */
  static Optional<String> shutOut(HttpServletResponse response) {
    Optional<String> overruled = shutTargeted(response);
    List<String> said = List.copyOf(response.getHeaders(CACHE_CONTROL));
    if (said.isEmpty()) {
      response.setHeader(CACHE_CONTROL, NO_STORE);
      return overruled;
    }
    List<String> directives = directives(String.join(", ", said));
    if (isShut(directives)) {
      return overruled;
    }
    List<String> kept = new ArrayList<>();
    // In front, where no quote that somebody forgot to close can swallow it.
    kept.add(PRIVATE);
    directives.stream().filter(directive -> !SHARED.contains(name(directive))).forEach(kept::add);
    response.setHeader(CACHE_CONTROL, String.join(", ", kept));
    return Optional.of(CACHE_CONTROL + ": " + String.join(", ", said));
  }

  private static Optional<String> shutTargeted(HttpServletResponse response) {
    Optional<String> overruled = Optional.empty();
    for (String name : List.copyOf(response.getHeaderNames())) {
      if (isForSharedCaches(name)) {
        List<String> said = List.copyOf(response.getHeaders(name));
        String shut = shut(name, said);
        if (!said.equals(List.of(shut))) {
          response.setHeader(name, shut);
          overruled = Optional.of(name + ": " + String.join(", ", said));
        }
      }
    }
    return overruled;
  }

  private static String shut(String header, List<String> said) {
    return switch (header.toLowerCase(Locale.ROOT)) {
      case ACCELERATOR_EXPIRES -> "0";
      case SURROGATE_CONTROL ->
          Stream.concat(
                  Stream.of(NO_STORE), directives(String.join(", ", said)).stream().filter(CONTENT))
              .collect(Collectors.joining(", "));
      default -> NO_STORE;
    };
  }

  /** Keeps every cache from storing {@code response}. */
  static void forbid(HttpServletResponse response) {
    shutTargeted(response);
    response.setHeader(CACHE_CONTROL, NO_STORE);
  }

  private static boolean isShut(List<String> directives) {
    // Caches that know must-understand do not heed a no-store beside it (RFC 9111, 5.2.2.3).
    if (directives.contains(NO_STORE) && !directives.contains("must-understand")) {
      return true;
    }
    // With names of fields behind it, private keeps those fields only from being stored.
    return directives.contains(PRIVATE)
        && directives.stream()
            .noneMatch(each -> SHARED.contains(name(each)) && !each.equals(PRIVATE));
  }

  private static String name(String directive) {
    int equals = directive.indexOf('=');
    return (equals < 0 ? directive : directive.substring(0, equals)).strip();
  }

  /** Splits at the commas that are not between quotes. */
  private static List<String> directives(String value) {
    List<String> directives = new ArrayList<>();
    boolean quoted = false;
    int begin = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || (value.charAt(i) == ',' && !quoted)) {
        String directive = value.substring(begin, i).strip();
        if (!directive.isEmpty()) {
          directives.add(lowerName(directive));
        }
        begin = i + 1;
      } else if (value.charAt(i) == '"') {
        quoted = !quoted;
      }
    }
    return directives;
  }

  // Names are the same in any case, values need not be.
  private static String lowerName(String directive) {
    int end = name(directive).length();
    return directive.substring(0, end).toLowerCase(Locale.ROOT) + directive.substring(end);
  }
}
