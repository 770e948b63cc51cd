package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.context.Flag;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.distribution.ch.ConsistentHash;
import org.infinispan.distribution.ch.impl.DefaultConsistentHash;
import org.infinispan.distribution.ch.impl.SyncConsistentHashFactory;
import org.infinispan.remoting.transport.Address;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * Three members with a part each, for sessions of which one member is the primary owner, one the
 * backup, and the third, which asks for the writes, owns no copy.
 */
public final class CastOfThree implements AutoCloseable {
  public static final String NAMESPACE = "cast-";
  // Where the owners are looked for in vain, that is said, and not found out by a timeout.
  private static final int TRIES = 100_000;
  // Asks once, so that no lease is lost while a node is silent.
  public static final MembershipLease.Timing ONCE =
      new MembershipLease.Timing(Duration.ofHours(1), Duration.ofHours(1));

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final SimulatedCluster cluster;
  private final Node caller;
  private final Node primary;
  private final Node backup;
  private final SessionStoreConnector<Account> connector;

  public CastOfThree() {
    this(0);
  }

  /**
   * @param bystanders how many more members there are
   */
  public CastOfThree(int bystanders) {
    this(bystanders, Members.Mode.PLAIN.configuration(true));
  }

  public CastOfThree(Members.Mode mode) {
    this(0, mode.configuration(true));
  }

  public CastOfThree(int bystanders, Configuration configuration) {
    cluster = new SimulatedCluster(configuration, false, 3 + bystanders, ONCE, 1);
    caller = cluster.nodes().get(0);
    List<Address> owners = ownersOfTheMost();
    primary = nodeAt(owners.get(0));
    backup = nodeAt(owners.get(1));
    connector = over(caller);
    cluster
        .nodes()
        .forEach(
            node ->
                Awaitility.await().until(() -> over(node).readiness() instanceof Readiness.Ready));
  }

  // Which segments a member owns with which other is up to the random addresses of all. Of four
  // members two may have a handful of segments in common, or a fifth of them all.
  private List<Address> ownersOfTheMost() {
    ConsistentHash owners = topology(caller).getCurrentCH();
    return IntStream.range(0, owners.getNumSegments())
        .mapToObj(owners::locateOwnersForSegment)
        .filter(both -> !both.contains(addressOf(caller)))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  private Node nodeAt(Address address) {
    return cluster.nodes().stream()
        .filter(node -> addressOf(node).equals(address))
        .findAny()
        .orElseThrow();
  }

  public SimulatedCluster cluster() {
    return cluster;
  }

  public MutableClock clock() {
    return clock;
  }

  public Node caller() {
    return caller;
  }

  public Node primary() {
    return primary;
  }

  public Node backup() {
    return backup;
  }

  /** One more member, where there is one. */
  public Node bystander() {
    return cluster.nodes().stream()
        .filter(node -> !List.of(caller, primary, backup).contains(node))
        .findFirst()
        .orElseThrow();
  }

  /** The store as the caller sees it. */
  public SessionStoreConnector<Account> connector() {
    return connector;
  }

  /** The node is dead, and the others go on. */
  public void bury(Node dead) {
    cluster.kill(dead);
  }

  /** Returns when the others are whole again, and lets the dead node go. */
  public void awaitWholeWithout(Node dead) {
    cluster.awaitWhole();
    cluster.forget(dead);
  }

  @Override
  public void close() {
    cluster.close();
  }

  public SessionId idOfOwners() {
    return idOfOwners(id -> true);
  }

  public SessionId idOfOwners(Predicate<SessionId> also) {
    return Stream.generate(() -> cookies.next(Placement.ANYWHERE).id())
        .limit(TRIES)
        .filter(id -> isOfOwners(id, caller) && also.test(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such id has these owners"));
  }

  /** Whether {@code asked} knows the two owners, in their roles, as those of this id. */
  public boolean isOfOwners(SessionId id, Node asked) {
    DistributionInfo owners = topology(asked).getDistribution(key(id));
    return owners.primary().equals(addressOf(primary))
        && owners.writeBackups().contains(addressOf(backup));
  }

  /** Whether the two owners are those of this id, in their roles, when the caller is gone. */
  public boolean isOfOwnersWithoutTheCaller(SessionId id) {
    LocalizedCacheTopology now = topology(caller);
    List<Address> others =
        now.getMembers().stream().filter(member -> !member.equals(addressOf(caller))).toList();
    // As the coordinator will find them: they depend on who is there, and on nothing else.
    SyncConsistentHashFactory owners = SyncConsistentHashFactory.getInstance();
    return owners
        .rebalance(owners.updateMembers((DefaultConsistentHash) now.getCurrentCH(), others, null))
        .locateOwnersForSegment(now.getSegment(key(id)))
        .equals(List.of(addressOf(primary), addressOf(backup)));
  }

  private static LocalizedCacheTopology topology(Node node) {
    return node.cache().cache().getDistributionManager().getCacheTopology();
  }

  private static Address addressOf(Node node) {
    return node.cache().cache().getRpcManager().getAddress();
  }

  public static @Nullable String copy(Node node, SessionId id) {
    return node.cache().cache().withFlags(Flag.CACHE_MODE_LOCAL).get(key(id));
  }

  public static String key(SessionId id) {
    return NAMESPACE + id.stored();
  }

  public SessionStoreConnector<Account> over(Node node) {
    return over(node.cache());
  }

  public SessionStoreConnector<Account> over(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache, NAMESPACE, new AccountCodec(), clock, random, Duration.ofMinutes(15));
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  public SessionLookup.Live<Account> live(SessionId id) {
    SessionLookup<Account> found = connector.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    return (SessionLookup.Live<Account>) found;
  }

  /** A session that never expires. */
  public SessionId created(Account data) {
    return created(idOfOwners(), data);
  }

  public SessionId created(SessionId id, Account data) {
    assertThat(connector.createSession(id, connector.newSession(SessionExpiry.never(), data)))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }
}
