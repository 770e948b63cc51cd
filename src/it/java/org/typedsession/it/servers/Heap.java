package org.typedsession.it.servers;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds.
 *
 * @param applications how many class loaders of web applications there are
 * @param cacheManagers how many cache managers of Infinispan
 * @param bytes how much memory all objects take
 */
public record Heap(int applications, int cacheManagers, long bytes) {
  private static final String APPLICATION = "org.glassfish.web.loader.WebappClassLoader";
  private static final String CACHE_MANAGER = "org.infinispan.manager.DefaultCacheManager";

  /**
   * @param histogram as {@code jcmd GC.class_histogram} prints it
   */
  static Heap of(String histogram) {
    Matcher total = Pattern.compile("(?m)^Total +\\d+ +(\\d+)").matcher(histogram);
    if (!total.find()) {
      throw new IllegalArgumentException("no histogram: " + histogram);
    }
    return new Heap(
        count(APPLICATION, histogram),
        count(CACHE_MANAGER, histogram),
        Long.parseLong(total.group(1)));
  }

  // Each class loader has a line of its own for a class of one name.
  private static int count(String type, String histogram) {
    return Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +" + Pattern.quote(type) + "(?: .*)?$")
        .matcher(histogram)
        .results()
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .sum();
  }
}
