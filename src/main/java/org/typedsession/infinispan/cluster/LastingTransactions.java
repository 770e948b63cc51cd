package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.infinispan.topology.CacheTopology;
import org.infinispan.transaction.xa.GlobalTransaction;
import org.jspecify.annotations.Nullable;

/**
 * For how long transactions have been found in one topology that is the stable one. A commit that
 * was handed to partition handling is sent again once the topology is stable, so what is found
 * before that, or right after, says nothing.
 *
 * <p>Not safe for use by several threads at once.
 */
final class LastingTransactions {
  // A commit that is sent again is on its way for milliseconds.
  static final Duration LONG = Duration.ofSeconds(2);

  private final Duration enough;
  private Map<GlobalTransaction, Long> since = Map.of();
  private int topology;

  LastingTransactions(Duration enough) {
    this.enough = enough;
  }

  /**
   * Which of those that are found now have been found for long enough, by every call.
   *
   * @param stable the topology, if it is the stable one
   */
  Set<GlobalTransaction> among(
      Collection<GlobalTransaction> found, @Nullable CacheTopology stable) {
    if (stable == null) {
      forget();
      return Set.of();
    }
    Map<GlobalTransaction, Long> before = stable.getTopologyId() == topology ? since : Map.of();
    topology = stable.getTopologyId();
    long now = System.nanoTime();
    since =
        found.stream()
            .collect(
                Collectors.toMap(
                    Function.identity(), transaction -> before.getOrDefault(transaction, now)));
    return found.stream()
        .filter(transaction -> now - since.getOrDefault(transaction, now) >= enough.toNanos())
        .collect(Collectors.toSet());
  }

  /** It could not be found out which there are. */
  void forget() {
    since = Map.of();
  }
}
