package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.cache.IsolationLevel;
import org.infinispan.conflict.MergePolicy;
import org.infinispan.partitionhandling.PartitionHandling;
import org.junit.jupiter.api.Test;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.infinispan.container.StandardCacheConfiguration;

final class CacheSafetyTest {
  private static final AcceptedRisks SPLIT =
      new AcceptedRisks(WhenSplit.SERVE, PessimisticTransactions.REFUSE);
  private static final AcceptedRisks TRANSACTIONS =
      new AcceptedRisks(WhenSplit.REFUSE, PessimisticTransactions.MAY_FORK);

  @Test
  void faults_modeOfTheContract_areNoneUnlessTransactionsOfNodesMayFork() {
    for (Members.Mode mode : Members.Mode.values()) {
      assertThat(CacheSafety.faults(mode.configuration(true), AcceptedRisks.NONE).isEmpty())
          .as("%s on several nodes", mode)
          .isEqualTo(mode != Members.Mode.PESSIMISTIC);
      assertThat(CacheSafety.faults(mode.configuration(false), AcceptedRisks.NONE))
          .as("%s on one", mode)
          .isEmpty();
    }
  }

  @Test
  void faults_pessimisticOnSeveralNodes_isOneUnlessTheOperatorChoseIt() {
    Configuration pessimistic = Members.Mode.PESSIMISTIC.configuration(true);

    assertThat(CacheSafety.faults(pessimistic, AcceptedRisks.NONE))
        .singleElement()
        .asString()
        .contains("two live ids", "mode NONE", "OPTIMISTIC", "pessimistic-transactions=may-fork");
    assertThat(CacheSafety.faults(pessimistic, TRANSACTIONS)).isEmpty();
    assertThat(CacheSafety.faults(pessimistic, SPLIT))
        .as("another risk")
        .anyMatch(fault -> fault.contains("pessimistic-transactions=may-fork"));
  }

  @Test
  void faults_replicatedPessimistic_isOne() {
    ConfigurationBuilder builder =
        new ConfigurationBuilder().read(Members.Mode.PESSIMISTIC.configuration(true));
    builder.clustering().cacheMode(CacheMode.REPL_SYNC);

    assertThat(CacheSafety.faults(builder.build(), AcceptedRisks.NONE))
        .singleElement()
        .asString()
        .contains("pessimistic-transactions=may-fork");
  }

  @Test
  void faults_pessimisticWithSynchronization_namesReasonAndFix() {
    assertThat(
            faults(
                Members.Mode.PESSIMISTIC,
                builder -> builder.transaction().useSynchronization(true)))
        .singleElement()
        .asString()
        .contains("reports commits that failed as successes", "NON_DURABLE_XA");
  }

  @Test
  void faults_pessimisticWithBatching_isOne() {
    assertThat(faults(Members.Mode.PESSIMISTIC, builder -> builder.invocationBatching().enable()))
        .isNotEmpty();
  }

  @Test
  void faults_optimisticWithoutRepeatableRead_isOne() {
    assertThat(
            faults(
                Members.Mode.OPTIMISTIC,
                builder -> builder.locking().isolationLevel(IsolationLevel.READ_COMMITTED)))
        .singleElement()
        .asString()
        .contains("REPEATABLE_READ");
  }

  @Test
  void faults_optimisticWithSynchronization_areNone() {
    assertThat(
            faults(
                Members.Mode.OPTIMISTIC, builder -> builder.transaction().useSynchronization(true)))
        .isEmpty();
  }

  @Test
  void transactionsMayFork_clusteredAndPessimistic_only() {
    assertThat(CacheSafety.transactionsMayFork(Members.Mode.PESSIMISTIC.configuration(true)))
        .isTrue();
    assertThat(CacheSafety.transactionsMayFork(Members.Mode.OPTIMISTIC.configuration(true)))
        .isFalse();
    assertThat(CacheSafety.transactionsMayFork(Members.Mode.PLAIN.configuration(true))).isFalse();
    assertThat(CacheSafety.transactionsMayFork(Members.Mode.PESSIMISTIC.configuration(false)))
        .isFalse();
  }

  @Test
  void logsConflicts_clusteredAndOptimistic_only() {
    assertThat(CacheSafety.logsConflicts(Members.Mode.OPTIMISTIC.configuration(true))).isTrue();
    assertThat(CacheSafety.logsConflicts(Members.Mode.PESSIMISTIC.configuration(true))).isFalse();
    assertThat(CacheSafety.logsConflicts(Members.Mode.PLAIN.configuration(true))).isFalse();
    assertThat(CacheSafety.logsConflicts(Members.Mode.OPTIMISTIC.configuration(false))).isFalse();
  }

  @Test
  void faults_invalidation_isOne() {
    assertThat(
            faults(
                builder -> {
                  // The only one that an invalidation cache takes.
                  builder
                      .clustering()
                      .partitionHandling()
                      .whenSplit(PartitionHandling.ALLOW_READ_WRITES);
                  builder.clustering().cacheMode(CacheMode.INVALIDATION_SYNC);
                }))
        .singleElement()
        .asString()
        .contains("distributed cache");
  }

  @Test
  void faults_bothSidesOfASplitServe_isOneUnlessTheOperatorChoseIt() {
    Consumer<ConfigurationBuilder> serving =
        builder ->
            builder.clustering().partitionHandling().whenSplit(PartitionHandling.ALLOW_READ_WRITES);

    assertThat(faults(serving)).singleElement().asString().contains("when-split=serve");
    ConfigurationBuilder builder = standard();
    serving.accept(builder);
    builder.clustering().partitionHandling().mergePolicy(MergePolicy.PREFERRED_NON_NULL);
    assertThat(CacheSafety.faults(builder.build(), SPLIT)).isEmpty();
  }

  @Test
  void faults_cacheRefusesWhereTheOperatorServes_isOne() {
    for (PartitionHandling refusing :
        List.of(PartitionHandling.DENY_READ_WRITES, PartitionHandling.ALLOW_READS)) {
      ConfigurationBuilder builder = standard();
      builder.clustering().partitionHandling().whenSplit(refusing);

      assertThat(CacheSafety.faults(builder.build(), SPLIT))
          .singleElement()
          .asString()
          .contains("partition handling " + refusing, "when-split=serve", "ALLOW_READ_WRITES");
    }
  }

  @Test
  void faults_mergePolicyThatLosesASide_isOneWhereBothSidesServe() {
    for (MergePolicy losing :
        List.of(MergePolicy.NONE, MergePolicy.PREFERRED_ALWAYS, MergePolicy.REMOVE_ALL)) {
      ConfigurationBuilder builder = standard();
      builder
          .clustering()
          .partitionHandling()
          .whenSplit(PartitionHandling.ALLOW_READ_WRITES)
          .mergePolicy(losing);

      assertThat(CacheSafety.faults(builder.build(), SPLIT))
          .singleElement()
          .asString()
          .contains("merge policy " + losing, "use PREFERRED_NON_NULL");
    }
  }

  @Test
  void faults_ownCacheThatServes_areNone() {
    assertThat(CacheSafety.faults(StandardCacheConfiguration.standard(true, true), SPLIT))
        .isEmpty();
  }

  @Test
  void faults_oneOwner_isOne() {
    assertThat(
            faults(
                builder ->
                    builder
                        .clustering()
                        .hash()
                        .numOwners(1)
                        // The only one that a cache with one owner takes.
                        .partitionHandling()
                        .whenSplit(PartitionHandling.ALLOW_READ_WRITES)))
        .anySatisfy(fault -> assertThat(fault).contains("owners=2"));
  }

  @Test
  void faults_firstLevelCache_isOne() {
    assertThat(faults(builder -> builder.clustering().l1().enable()))
        .singleElement()
        .asString()
        .contains("first-level");
  }

  @Test
  void faults_boundedMemory_isOne() {
    assertThat(faults(builder -> builder.memory().maxCount(1_000)))
        .singleElement()
        .asString()
        .contains("max-count");
  }

  @Test
  void faults_maximumIdleTime_isOne() {
    assertThat(faults(builder -> builder.expiration().maxIdle(1_000)))
        .singleElement()
        .asString()
        .contains("max-idle");
  }

  private static ConfigurationBuilder standard() {
    return new ConfigurationBuilder().read(Members.Mode.PLAIN.configuration(true));
  }

  private static List<String> faults(Consumer<ConfigurationBuilder> change) {
    return faults(Members.Mode.PLAIN, change);
  }

  private static List<String> faults(Members.Mode mode, Consumer<ConfigurationBuilder> change) {
    ConfigurationBuilder builder = new ConfigurationBuilder().read(mode.configuration(true));
    change.accept(builder);
    return CacheSafety.faults(builder.build(), TRANSACTIONS);
  }
}
