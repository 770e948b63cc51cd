package org.typedsession.infinispan.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.awaitility.Awaitility;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.ShutdownHookBehavior;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.partitionhandling.PartitionHandling;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.protocols.SHARED_LOOPBACK;
import org.jgroups.protocols.SHARED_LOOPBACK_PING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.ReadyChannel;
import org.typedsession.infinispan.SessionCache;

/** What is there before a node is seen by others, and what is left when they go again. */
final class StartPlanTest {
  private static final String CACHE = "started";
  private static final AwaitedCache.Timing QUICK =
      new AwaitedCache.Timing(Duration.ofMillis(5), Duration.ofMinutes(1), Duration.ofMillis(5));

  private final List<EmbeddedCacheManager> managers = new ArrayList<>();

  @AfterEach
  void stop() {
    managers.forEach(EmbeddedCacheManager::stop);
  }

  /** By then the node may be the coordinator, which decides what becomes of a cache in a split. */
  @Test
  void startDefined_atTheMomentOfTheJoin_hasTheSettingsOfTheCache() throws Exception {
    List<Configuration> known = new ArrayList<>();
    JoinWatch watch = new JoinWatch(() -> known.add(configuration(managers.get(0))));
    EmbeddedCacheManager manager = clustered(watch);
    managers.add(manager);

    EmbeddedContainer.startDefined(manager, CACHE, Members.Mode.PLAIN.configuration(true));

    known.add(configuration(manager));
    assertThat(known)
        .hasSize(2)
        .allSatisfy(
            settings -> {
              assertThat(settings.isTemplate()).isFalse();
              assertThat(settings.clustering().partitionHandling().whenSplit())
                  .isEqualTo(PartitionHandling.DENY_READ_WRITES);
              assertThat(settings.clustering().hash().numSegments())
                  .isEqualTo(
                      StandardCacheConfiguration.standard(true, false)
                          .clustering()
                          .hash()
                          .numSegments());
            });
    assertThat(manager.isRunning(CACHE)).as("the cache waits for others").isFalse();
  }

  @Test
  void opening_majorityLostWhileTheCacheStarts_stopsTheCacheUnseen() {
    AtomicInteger present = new AtomicInteger(2);
    AtomicInteger opened = new AtomicInteger();
    EmbeddedCacheManager manager = local();
    StartPlan plan =
        StartPlan.of(
            seeing(manager, present, present::set),
            CACHE,
            2,
            cache -> {
              opened.incrementAndGet();
              return SessionCache.of(cache, AcceptedRisks.NONE, 1);
            },
            () -> {});

    assertThat(plan.opening().get()).isEmpty();

    assertThat(opened).hasValue(0);
    assertThat(manager.isRunning(CACHE)).isFalse();
  }

  /** As if it had never started. */
  @Test
  void open_majorityLostWhileTheCacheStarts_opensWhenItIsBack() {
    AtomicInteger present = new AtomicInteger(2);
    AtomicInteger starts = new AtomicInteger();
    EmbeddedCacheManager manager = local();
    EmbeddedCacheManager seeing =
        seeing(
            manager,
            present,
            left -> {
              if (starts.getAndIncrement() == 0) {
                present.set(left);
              }
            });
    try (AwaitedCache awaited =
        AwaitedCache.open(
            StartPlan.of(
                seeing, CACHE, 2, cache -> SessionCache.of(cache, AcceptedRisks.NONE, 1), () -> {}),
            QUICK)) {
      assertThat(awaited.cache()).isEmpty();
      assertThat(awaited.refusal()).contains("waits for 2 of 2 nodes", "sees 1");
      assertThat(manager.isRunning(CACHE)).isFalse();

      present.set(2);

      Awaitility.await().until(() -> awaited.cache().isPresent());
      assertThat(starts).hasValueGreaterThan(1);
      assertThat(manager.isRunning(CACHE)).isTrue();
      awaited.cache().orElseThrow().close();
    }
  }

  /** Another application of this server has met the others and serves from it. */
  @Test
  void opening_majorityLostWhileAnotherUsesTheCache_leavesItRunning() {
    AtomicInteger present = new AtomicInteger(2);
    EmbeddedCacheManager manager = local();
    manager.getCache(CACHE).put("theirs", "kept");
    StartPlan plan =
        StartPlan.of(
            seeing(manager, present, present::set),
            CACHE,
            2,
            cache -> SessionCache.of(cache, AcceptedRisks.NONE, 1),
            () -> {});

    SessionCache opened = plan.opening().get().orElseThrow();

    assertThat(manager.isRunning(CACHE)).isTrue();
    assertThat(manager.getCache(CACHE).get("theirs")).isEqualTo("kept");
    opened.close();
  }

  private EmbeddedCacheManager local() {
    EmbeddedCacheManager manager =
        new DefaultCacheManager(new GlobalConfigurationBuilder().nonClusteredDefault().build());
    managers.add(manager);
    manager.defineConfiguration(CACHE, Members.Mode.PLAIN.configuration(false));
    return manager;
  }

  /**
   * One that sees as many members as it is told, and one when it has started a cache.
   *
   * @param started gets the number of members that are left then
   */
  private static EmbeddedCacheManager seeing(
      EmbeddedCacheManager manager, AtomicInteger present, IntConsumer started) {
    return (EmbeddedCacheManager)
        Proxy.newProxyInstance(
            StartPlanTest.class.getClassLoader(),
            new Class<?>[] {EmbeddedCacheManager.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getMembers")) {
                return Collections.nCopies(present.get(), Address.LOCAL);
              }
              try {
                Object result = method.invoke(manager, arguments);
                if (method.getName().equals("getCache")) {
                  started.accept(1);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Configuration configuration(EmbeddedCacheManager manager) {
    Configuration configuration = manager.getCacheConfiguration(CACHE);
    if (configuration == null) {
      throw new AssertionError("the cache is not defined: " + CACHE);
    }
    return configuration;
  }

  private static EmbeddedCacheManager clustered(JoinWatch watch) throws Exception {
    JChannel channel =
        new JChannel(
            new SHARED_LOOPBACK(),
            new SHARED_LOOPBACK_PING(),
            new NAKACK2().useMcastXmit(false),
            new UNICAST3(),
            new GMS().setJoinTimeout(100).printLocalAddress(false),
            watch);
    GlobalConfigurationBuilder global = GlobalConfigurationBuilder.defaultClusteredBuilder();
    global
        .transport()
        .clusterName("defined")
        .addProperty(JGroupsTransport.CHANNEL_CONFIGURATOR, new ReadyChannel(channel));
    global.jmx().enabled(false);
    global.metrics().gauges(false).histograms(false);
    global.shutdown().hookBehavior(ShutdownHookBehavior.DONT_REGISTER);
    return new DefaultCacheManager(global.build(), false);
  }

  /** Does something before the node looks for others. */
  private static final class JoinWatch extends Protocol {
    private final Runnable beforeJoin;

    JoinWatch(Runnable beforeJoin) {
      this.beforeJoin = beforeJoin;
      setId((short) 15_015);
    }

    @Override
    public Object down(Event event) {
      if (event.type() == Event.CONNECT) {
        beforeJoin.run();
      }
      return down_prot.down(event);
    }
  }
}
