package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.transaction.TransactionManager;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.partitionhandling.impl.PartitionHandlingManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.CacheTopology;
import org.infinispan.topology.LocalTopologyManager;
import org.infinispan.transaction.impl.LocalTransaction;
import org.infinispan.transaction.impl.TransactionTable;
import org.infinispan.util.concurrent.locks.LockManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.infinispan.CastOfThree;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.testing.Logs;

/**
 * Transactions of the primary owner's that the backup has committed, and that partition handling
 * holds all the same.
 */
final class HandedOverTransactionsTest {
  // Enough that some keep their owners when another node joins.
  private static final int KEYS = 40;

  private final CastOfThree cast = new CastOfThree(Members.Mode.OPTIMISTIC);
  private final Node originator = cast.primary();
  private final AdvancedCache<String, String> cache = originator.advanced();
  private final Set<String> keys =
      Stream.generate(() -> CastOfThree.key(cast.idOfOwners()))
          .limit(KEYS)
          .collect(Collectors.toSet());
  private final HandedOverTransactions handedOver =
      new HandedOverTransactions(cache, Duration.ZERO);

  @BeforeEach
  void handOver() throws Exception {
    for (String key : keys) {
      handOver(key);
    }
    // They are known from before this topology; a node that joins has nobody repair anything.
    cast.cluster().join();
    // Each goes by its own.
    Awaitility.await("the topology to be the stable one")
        .until(() -> cast.cluster().nodes().stream().allMatch(node -> stable(node) != null));
  }

  private void handOver(String key) throws Exception {
    TransactionManager manager = cache.getTransactionManager();
    manager.begin();
    cache.put(key, "written");
    LocalTransaction own =
        component(originator, TransactionTable.class).getLocalTransaction(manager.getTransaction());
    // Who knows nothing of it refuses it whenever it is sent again.
    List<Address> stranger = List.of(cast.caller().advanced().getRpcManager().getAddress());
    partitions()
        .addPartialCommit2PCTransaction(own.getGlobalTransaction(), stranger, Set.of(key), null);
    manager.commit();
    handedOver.note(own);
  }

  @AfterEach
  void close() {
    cast.close();
  }

  @Test
  void release_anotherOwnerKnowsIt_waitsForItsEnd() {
    // Those of an entry that is another node's now are Infinispan's business.
    int left = KEYS - owned().size();
    int known = (int) owned().stream().filter(owners -> isOwner(cast.backup(), owners)).count();
    assertThat(known).isPositive();

    assertThat(handedOver.release(stable())).isFalse();
    assertThat(locks()).isEqualTo(left + known);

    cast.cluster().nodes().forEach(HandedOverTransactionsTest::endWhatWasForgotten);

    assertThat(handedOver.release(stable())).isTrue();
    assertThat(locks()).isEqualTo(left);
    assertThat(partitions().getPartialTransactions()).hasSize(left);
    // What was committed stays.
    assertThat(keys).allMatch(key -> "written".equals(cast.backup().advanced().get(key)));
  }

  @Test
  void release_topologyIsNotTheStableOne_waits() {
    cast.cluster().nodes().forEach(HandedOverTransactionsTest::endWhatWasForgotten);

    assertThat(handedOver.release(null)).isFalse();
    assertThat(locks()).isEqualTo(KEYS);
  }

  @Test
  void release_ofSomebodyElse_isLeftAndWarnedOfOnce() {
    HandedOverTransactions other = new HandedOverTransactions(cache, Duration.ZERO);
    try (Logs logs = new Logs()) {
      assertThat(other.release(stable())).isTrue();
      assertThat(other.release(stable())).isTrue();

      assertThat(logs.warnings()).singleElement().asString().contains("TSESS0115");
    }
    assertThat(locks()).isEqualTo(KEYS);
  }

  private static void endWhatWasForgotten(Node node) {
    AdvancedCache<String, String> cache = node.advanced();
    new OrphanedTransactions(cache, new HandedOverTransactions(cache, Duration.ZERO), Duration.ZERO)
        .end();
  }

  private @Nullable CacheTopology stable() {
    return stable(originator);
  }

  private static @Nullable CacheTopology stable(Node node) {
    AdvancedCache<String, String> cache = node.advanced();
    CacheTopology last =
        component(node, LocalTopologyManager.class).getStableCacheTopology(cache.getName());
    return last != null && last.getTopologyId() == cache.getRpcManager().getTopologyId()
        ? last
        : null;
  }

  private PartitionHandlingManager partitions() {
    return component(originator, PartitionHandlingManager.class);
  }

  /** The owners of each entry that is still the originator's. */
  private List<DistributionInfo> owned() {
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    return keys.stream()
        .map(key -> topology.getDistribution(cache.getKeyDataConversion().toStorage(key)))
        .filter(DistributionInfo::isWriteOwner)
        .toList();
  }

  private static boolean isOwner(Node node, DistributionInfo owners) {
    return owners.writeOwners().contains(node.advanced().getRpcManager().getAddress());
  }

  private int locks() {
    return component(originator, LockManager.class).getNumberOfLocksHeld();
  }

  private static <C> C component(Node node, Class<C> type) {
    return ComponentRegistry.componentOf(node.advanced(), type);
  }
}
