package org.typedsession.assembly;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Names that one deployment of a process may have at a time: so that a second one learns of the
 * first, whose classes and CDI container it does not see.
 *
 * <p>They are kept in the system properties, which all class loaders of a process share, which
 * change atomically, and where a text that is left behind keeps no class alive.
 *
 * <p>Safe for use by many threads.
 */
final class ProcessClaims implements AutoCloseable {
  /** What a name is the name of. */
  enum Kind {
    NAMESPACE("org.typedsession.namespace."),
    COOKIE("org.typedsession.cookie.");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  private final Properties process;
  private final String token;
  private final Map<String, String> held = new ConcurrentHashMap<>();

  /**
   * @param process the system properties
   * @param token different for each instance in the process, and without a space
   */
  ProcessClaims(Properties process, String token) {
    this.process = process;
    this.token = token;
  }

  /**
   * Takes a name until {@link #close}.
   *
   * @param holder who takes it, for people
   * @param succeeds whether an equal holder is the same one, which has not let go yet: its claim is
   *     taken over
   * @return who has it already, and keeps it; empty if it is taken now
   */
  Optional<String> claim(Kind kind, String name, String holder, boolean succeeds) {
    String key = kind.prefix + name;
    String mine = token + " " + holder;
    while (true) {
      // The one atomic step: of two deployments that want a name, one gets to know of the other.
      @Nullable Object other = process.putIfAbsent(key, mine);
      if (other == null || other.equals(mine)) {
        held.put(key, mine);
        return Optional.empty();
      }
      String text = other.toString();
      String before = text.substring(text.indexOf(' ') + 1);
      if (!succeeds || !before.equals(holder)) {
        return Optional.of(before);
      }
      if (process.replace(key, other, mine)) {
        held.put(key, mine);
        return Optional.empty();
      }
    }
  }

  /** What this instance holds, for {@link #releaseAllBut}. */
  Set<String> held() {
    return Set.copyOf(held.keySet());
  }

  /** Lets go of all but {@code kept}. */
  void releaseAllBut(Set<String> kept) {
    for (Map.Entry<String, String> claim : Set.copyOf(held.entrySet())) {
      if (!kept.contains(claim.getKey())) {
        process.remove(claim.getKey(), claim.getValue());
        held.remove(claim.getKey());
      }
    }
  }

  /** Lets go of what this instance has still got. */
  @Override
  public void close() {
    // No lambda: Payara may have stopped the class loader, and what is not linked by then never
    // will be.
    for (Map.Entry<String, String> claim : held.entrySet()) {
      process.remove(claim.getKey(), claim.getValue());
    }
    held.clear();
  }
}
