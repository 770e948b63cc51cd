package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.time.TimeService;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.ShutdownHookBehavior;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.factories.GlobalComponentRegistry;
import org.infinispan.factories.impl.BasicComponentRegistry;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.infinispan.util.EmbeddedTimeService;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.SHARED_LOOPBACK;
import org.jgroups.protocols.SHARED_LOOPBACK_PING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MutableDigest;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.infinispan.SimulatedNetwork.Wire;
import org.typedsession.infinispan.cluster.ClusterWatch;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.infinispan.container.AwaitedCache;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.container.StartPlan;

/**
 * A cluster in this JVM whose network, deaths and failure detection are in the hands of a test.
 *
 * <p>Nothing detects failures by itself: a test says when which nodes notice, so that what happens
 * before, during and after can be staged.
 */
public final class SimulatedCluster implements AutoCloseable {
  private static final String CACHE = "sessions";
  // Well below what a test lets pass before a failure is noticed is not possible: the tests stage
  // that by hand. It only has to be short, so that little time is lost. A busy machine may lose it,
  // and an operation be refused.
  private static final MembershipLease.Timing LEASE =
      new MembershipLease.Timing(Duration.ofMillis(200), Duration.ofMillis(50));

  /** For tests in which no lease is to be lost, however long the machine keeps a thread waiting. */
  public static final MembershipLease.Timing CALM =
      new MembershipLease.Timing(Duration.ofSeconds(30), Duration.ofMillis(50));

  private static final String QUESTION = "typed-session/lease/";

  /** What {@link #detecting} nodes need at least to take a silent node for dead. */
  public static final Duration DETECTION = Duration.ofMillis(1_500);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int QUIET_SAMPLES = 3;
  private static final AwaitedCache.Timing AWAITING =
      new AwaitedCache.Timing(Duration.ofMillis(20), Duration.ZERO, Duration.ofMillis(20));
  private static final AtomicInteger CLUSTERS = new AtomicInteger();

  /** One member. */
  public static final class Node {
    private final JChannel channel;
    private final Wire wire;
    private final DefaultCacheManager manager;
    private final AwaitedCache cache;

    private Node(JChannel channel, Wire wire, DefaultCacheManager manager, AwaitedCache cache) {
      this.channel = channel;
      this.wire = wire;
      this.manager = manager;
      this.cache = cache;
    }

    public Wire wire() {
      return wire;
    }

    /** Fails while it is waited for. */
    public SessionCache cache() {
      return cache.cache().orElseThrow();
    }

    /** The cache itself. */
    public AdvancedCache<String, String> advanced() {
      return cache().cache();
    }

    /** What keeps watch beside the cache. */
    public ClusterWatch watch() {
      return cache().cluster();
    }

    public AwaitedCache awaited() {
      return cache;
    }

    public DefaultCacheManager manager() {
      return manager;
    }

    public Address address() {
      return channel.getAddress();
    }

    private GMS membership() {
      return channel.getProtocolStack().findProtocol(GMS.class);
    }

    private ViewId viewId() {
      return channel.getView().getViewId();
    }

    private LocalizedCacheTopology topology() {
      return cache().cache().getDistributionManager().getCacheTopology();
    }

    private boolean isWhole(int members) {
      return channel.getView().size() == members
          && cache.cache().isPresent()
          && topology().getMembers().size() == members
          && topology().getPendingCH() == null
          && topology().getCurrentCH().getMembers().size() == members
          && cache().cache().getAvailability() == AvailabilityMode.AVAILABLE;
    }

    private String state() {
      if (cache.cache().isEmpty()) {
        return "%s: %s, %s".formatted(this, channel.getView(), cache.refusal());
      }
      return "%s: %s, %s, %s"
          .formatted(
              this, channel.getView(), cache().cache().getAvailability(), topology().toString());
    }

    @Override
    public String toString() {
      return channel.getName();
    }
  }

  private final String name = "simulated-" + CLUSTERS.incrementAndGet();
  private final SimulatedNetwork network = new SimulatedNetwork();
  private final Configuration configuration;
  private final boolean splitMayFork;
  private final MembershipLease.Timing lease;
  private final int clusterSize;
  private final ClusterWatch.Owner owner;
  private final List<Supplier<Protocol>> detection;
  private final List<Node> nodes = new ArrayList<>();
  // Dead, and not stopped yet.
  private final List<Node> dead = new ArrayList<>();
  private final List<Thread> farewells = new ArrayList<>();
  private Optional<InstantSource> clock = Optional.empty();
  private final ExpectedErrors errors = new ExpectedErrors();
  private int started;

  private static AcceptedRisks accepted(boolean splitMayFork) {
    return new AcceptedRisks(
        splitMayFork ? WhenSplit.SERVE : WhenSplit.REFUSE, PessimisticTransactions.MAY_FORK);
  }

  public SimulatedCluster(Configuration configuration, boolean splitMayFork, int size) {
    this(configuration, splitMayFork, size, LEASE, 1);
  }

  public SimulatedCluster(
      Configuration configuration,
      boolean splitMayFork,
      int size,
      MembershipLease.Timing lease,
      int clusterSize) {
    this(configuration, splitMayFork, size, lease, clusterSize, ClusterWatch.Owner.OTHER);
  }

  /** Nodes that detect failures by themselves, and the end of them, as in service but sooner. */
  public static SimulatedCluster detecting(
      Configuration configuration, int size, MembershipLease.Timing lease) {
    return new SimulatedCluster(
        configuration,
        false,
        size,
        lease,
        1,
        ClusterWatch.Owner.OTHER,
        List.of(
            () -> new MERGE3().setMinInterval(300).setMaxInterval(800),
            () -> new FD_ALL3().setTimeout(DETECTION.toMillis()).setInterval(300),
            () -> new VERIFY_SUSPECT2().setTimeout(200)));
  }

  private SimulatedCluster(
      Configuration configuration,
      boolean splitMayFork,
      int size,
      MembershipLease.Timing lease,
      int clusterSize,
      ClusterWatch.Owner owner) {
    this(configuration, splitMayFork, size, lease, clusterSize, owner, List.of());
  }

  private SimulatedCluster(
      Configuration configuration,
      boolean splitMayFork,
      int size,
      MembershipLease.Timing lease,
      int clusterSize,
      ClusterWatch.Owner owner,
      List<Supplier<Protocol>> detection) {
    this.detection = detection;
    this.owner = owner;
    this.clusterSize = clusterSize;
    this.lease = lease;
    this.configuration = configuration;
    this.splitMayFork = splitMayFork;
    if (owner == ClusterWatch.Owner.LIBRARY) {
      for (int i = 0; i < size; i++) {
        nodes.add(start("%s-n%d".formatted(name, ++started), configuration));
      }
    } else {
      for (int i = 0; i < size; i++) {
        join();
      }
    }
    awaitWhole();
  }

  /** Nodes that start their caches as the library does in a container of its own. */
  public static SimulatedCluster ofLibrary(Configuration configuration, int size) {
    return ofLibrary(configuration, size, LEASE);
  }

  public static SimulatedCluster ofLibrary(
      Configuration configuration, int size, MembershipLease.Timing lease) {
    return new SimulatedCluster(
        configuration, false, size, lease, size, ClusterWatch.Owner.LIBRARY);
  }

  /** A cluster that is {@link #CALM}. */
  public static SimulatedCluster calm(Configuration configuration, int size) {
    SimulatedCluster cluster = new SimulatedCluster(configuration, false, size, CALM, 1);
    cluster.awaitQuestions();
    return cluster;
  }

  // A node that others have joined holds a lease of its own until it looks again, and then none
  // until they have answered. Whoever is asked a third time has answered the second.
  private void awaitQuestions() {
    List<Watch> questions = new ArrayList<>();
    for (Node from : nodes) {
      for (Node to : nodes) {
        if (from != to) {
          questions.add(network.watch(from.address(), to.address(), QUESTION, () -> {}));
        }
      }
    }
    Awaitility.await("everybody to have asked everybody")
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> questions.stream().allMatch(question -> question.seen() >= 3));
  }

  public SimulatedNetwork network() {
    return network;
  }

  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** Starts one more member, whose cache goes by this clock. */
  public Node join(InstantSource time) {
    clock = Optional.of(time);
    try {
      return join();
    } finally {
      clock = Optional.empty();
    }
  }

  /** Starts one more member; returns once it has its share of the sessions. */
  public Node join() {
    Node node = joinWith(configuration);
    awaitWhole();
    return node;
  }

  /** Starts one more member, which need not get a share of the sessions. */
  public Node joinWith(Configuration other) {
    Node node = start("%s-n%d".formatted(name, ++started), other);
    nodes.add(node);
    return node;
  }

  /** Starts one again that reaches nobody, as it is after {@link #split}, in the same place. */
  public Node restart(Node node) {
    int place = nodes.indexOf(node);
    nodes.remove(node);
    node.wire.die();
    stop(node);
    Node again = start("%s-n%d".formatted(name, ++started), configuration);
    nodes.add(place, again);
    return again;
  }

  private Node start(String nodeName, Configuration configuration) {
    try {
      Wire wire = network.new Wire();
      JChannel channel = channel(wire);
      channel.setName(nodeName);
      GlobalConfigurationBuilder global = GlobalConfigurationBuilder.defaultClusteredBuilder();
      global
          .transport()
          .clusterName(name)
          .nodeName(nodeName)
          .addProperty(JGroupsTransport.CHANNEL_CONFIGURATOR, new ReadyChannel(channel));
      global.cacheManagerName(nodeName).jmx().enabled(false);
      global.metrics().gauges(false).histograms(false);
      global.shutdown().hookBehavior(ShutdownHookBehavior.DONT_REGISTER);
      DefaultCacheManager manager = new DefaultCacheManager(global.build(), false);
      EmbeddedContainer.startDefined(manager, CACHE, configuration);
      clock.ifPresent(time -> setClock(manager, time));
      int awaited = owner == ClusterWatch.Owner.LIBRARY ? clusterSize : 1;
      return new Node(
          channel,
          wire,
          manager,
          AwaitedCache.open(
              StartPlan.of(
                  manager,
                  CACHE,
                  awaited,
                  cache ->
                      SessionCache.of(cache, accepted(splitMayFork), clusterSize, lease, owner),
                  () -> {}),
              AWAITING));
    } catch (Exception e) {
      throw new IllegalStateException("node " + nodeName + " did not start", e);
    }
  }

  private JChannel channel(Wire wire) throws Exception {
    List<Protocol> stack = new ArrayList<>();
    stack.addAll(List.of(new SHARED_LOOPBACK(), wire, new SHARED_LOOPBACK_PING()));
    detection.forEach(protocol -> stack.add(protocol.get()));
    stack.addAll(
        List.of(
            new NAKACK2().useMcastXmit(false),
            new UNICAST3(),
            new STABLE(),
            new GMS().setJoinTimeout(300).setLeaveTimeout(500).printLocalAddress(false),
            new UFC(),
            new MFC()));
    return new JChannel(stack);
  }

  /** Lets the caches of a manager go by this clock. */
  public static void setClock(DefaultCacheManager manager, InstantSource clock) {
    TimeService time =
        new EmbeddedTimeService() {
          @Override
          public long wallClockTime() {
            return clock.millis();
          }

          @Override
          public Instant instant() {
            return clock.instant();
          }
        };
    GlobalComponentRegistry registry = GlobalComponentRegistry.of(manager);
    BasicComponentRegistry components = registry.getComponent(BasicComponentRegistry.class);
    components.replaceComponent(TimeService.class.getName(), time, true);
    components.rewire();
  }

  /** A node that is dead already, or dies now, is noticed by the others, and forgotten. */
  public void bury(Node dead) {
    dead.wire.die();
    nodes.remove(dead);
    notice(nodes);
    stop(dead);
  }

  /**
   * As {@link #bury}; besides, requests on the dead node end, which would wait for answers that
   * never come.
   */
  public void buryWithClients(Node dead) {
    dead.wire.die();
    nodes.remove(dead);
    notice(nodes);
    // Before it stops: its listeners are there until then.
    notice(List.of(dead));
    stop(dead);
  }

  /** A node dies and the others notice; requests on it wait for answers until {@link #forget}. */
  public void kill(Node node) {
    node.wire.die();
    nodes.remove(node);
    dead.add(node);
    notice(nodes);
  }

  /** A node that was killed learns that it is alone, so that nothing on it waits, and stops. */
  public void forget(Node killed) {
    dead.remove(killed);
    // Not while it stops: it takes no view then.
    notice(List.of(killed));
    stop(killed);
  }

  /** The node says goodbye and stops. */
  public void leave(Node node) {
    nodes.remove(node);
    node.cache.close();
    node.manager.stop();
  }

  /** These nodes notice that they are among themselves. */
  public void notice(List<Node> part) {
    View view = new View(nextViewId(part), addresses(part));
    part.forEach(node -> node.membership().installView(view));
  }

  /** One node believes that these are the members, and nobody follows it. */
  public void notice(Node alone, List<Node> members) {
    alone.membership().installView(new View(nextViewId(members), addresses(members)));
  }

  private static ViewId nextViewId(List<Node> members) {
    long last = members.stream().mapToLong(node -> node.viewId().getId()).max().orElse(0);
    return new ViewId(members.get(0).address(), last + 1);
  }

  private static List<Address> addresses(List<Node> members) {
    return members.stream().map(Node::address).toList();
  }

  /** Cuts the network into parts, which nobody notices yet. */
  public void split(List<List<Node>> parts) {
    Map<Address, Integer> partOfNode = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      for (Node node : parts.get(i)) {
        partOfNode.put(node.address(), i + 1);
      }
    }
    network.split(partOfNode);
  }

  /** Returns when nobody who was cut off by now believes in being counted in. */
  public void awaitLeaseOver() {
    long length = lease.length().toNanos();
    long begin = System.nanoTime();
    Awaitility.await("a lease to be over")
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> System.nanoTime() - begin > length);
  }

  /** Mends the network, lets everybody notice, and waits until the cluster is one again. */
  public void heal() {
    meet();
    awaitWhole();
  }

  /** Mends the network and lets everybody notice. */
  public void meet() {
    network.heal();
    List<View> parts = nodes.stream().map(node -> node.channel.getView()).distinct().toList();
    View merged = new MergeView(nextViewId(nodes), addresses(nodes), parts);
    // Without it everybody would ask everybody for all messages since the beginning.
    MutableDigest digest = new MutableDigest(merged.getMembersRaw());
    nodes.forEach(node -> digest.merge(node.membership().getDigest()));
    nodes.forEach(node -> node.membership().installView(merged, digest));
  }

  public void awaitWhole() {
    awaitWhole(nodes);
  }

  /** Returns when no node has sent anything for a while: not everything is waited for. */
  public void awaitQuiet() {
    long[] last = {-1};
    int[] times = {0};
    Awaitility.await("the network to be quiet")
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              long now = nodes.stream().mapToLong(node -> node.wire.sent()).sum();
              times[0] = now == last[0] ? times[0] + 1 : 0;
              last[0] = now;
              return times[0] == QUIET_SAMPLES;
            });
  }

  private void awaitWhole(List<Node> members) {
    Awaitility.await(name + " to be whole")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () ->
                assertThat(members)
                    .as(members.stream().map(Node::state).toList().toString())
                    .allMatch(node -> node.isWhole(members.size())));
  }

  private void stop(Node node) {
    Thread farewell =
        new Thread(
            () -> {
              node.cache.close();
              node.manager.stop();
            },
            "end of " + node);
    farewell.setDaemon(true);
    farewell.start();
    farewells.add(farewell);
  }

  @Override
  public void close() {
    network.heal();
    List.copyOf(dead).forEach(this::forget);
    nodes.forEach(this::stop);
    nodes.clear();
    errors.close();
    for (Thread farewell : farewells) {
      try {
        farewell.join(PATIENCE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
