package org.typedsession.infinispan.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Logs;
import org.typedsession.testing.Ports;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** Nodes that find each other by DNS: each has an address of its own, and all one port. */
final class DnsDiscoveryTest {
  private static final String QUERY = "shop-nodes.default.svc.cluster.local";
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final AwaitedCache.Timing IMPATIENT =
      new AwaitedCache.Timing(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(20));

  @TempDir private Path directory;
  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final List<AwaitedCache> open = new ArrayList<>();
  private final Ports ports = Ports.reserved();
  private final int port = ports.first();
  private Logs logs;
  private ClusterNames dns;

  @BeforeEach
  void start() throws Exception {
    logs = new Logs();
    dns = new ClusterNames();
  }

  @AfterEach
  void stop() throws Exception {
    open.forEach(AwaitedCache::close);
    ports.close();
    dns.close();
    logs.close();
    System.clearProperty("typedsession.keystore");
    System.clearProperty("typedsession.keystore-password");
  }

  private AwaitedCache node(
      String query,
      String address,
      int size,
      Optional<String> jgroupsFile,
      AwaitedCache.Timing timing) {
    AwaitedCache node =
        EmbeddedContainer.await(
            "sessions",
            new EmbeddedContainer.Cluster(
                "by-dns", address, port, List.of(), Optional.of(query), jgroupsFile),
            StandardCacheConfiguration.standard(true, false),
            AcceptedRisks.NONE,
            size,
            timing);
    open.add(node);
    return node;
  }

  private AwaitedCache node(String address, int size) {
    return node(QUERY, address, size, Optional.empty(), AwaitedCache.Timing.STANDARD);
  }

  private AwaitedCache node(String query, String address) {
    return node(query, address, 2, Optional.empty(), AwaitedCache.Timing.STANDARD);
  }

  private AwaitedCache encrypted(String address) {
    return node(QUERY, address, 2, Optional.of(ClusterKeys.STACK), AwaitedCache.Timing.STANDARD);
  }

  private SessionStoreConnector<Account> over(AwaitedCache node) {
    return node.connector(
        cache ->
            new InfinispanSessionStoreConnector<>(
                cache, "dns", new AccountCodec(), clock, random, Duration.ofMinutes(15)));
  }

  private void awaitMembers(int size, AwaitedCache... nodes) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(nodes)
                    .allSatisfy(
                        node -> {
                          assertThat(node.cache().map(SessionCache::memberCount)).contains(size);
                          assertThat(over(node).readiness()).isInstanceOf(Readiness.Ready.class);
                        }));
  }

  private SessionId written(AwaitedCache node) {
    SessionStoreConnector<Account> store = over(node);
    SessionId id = cookies.next(Placement.ANYWHERE).id();
    assertThat(store.createSession(id, store.newSession(SessionExpiry.never(), Account.EMPTY)))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }

  private void assertLive(AwaitedCache node, SessionId id) {
    assertThat(over(node).lookUpSession(id)).isInstanceOf(SessionLookup.Live.class);
  }

  private List<String> warnings(String id) {
    return logs.warnings().stream().filter(text -> text.startsWith(id)).toList();
  }

  /** As a pod comes back, the eldest of them here. */
  @Test
  void restart_underAnotherAddress_findsTheOthersAndTheirSessions() {
    dns.set(QUERY, List.of("127.0.0.1", "127.0.0.2", "127.0.0.3"));
    AwaitedCache first = node("127.0.0.1", 3);
    AwaitedCache second = node("127.0.0.2", 3);
    AwaitedCache third = node("127.0.0.3", 3);
    awaitMembers(3, first, second, third);
    SessionId before = written(first);
    assertLive(third, before);

    first.close();
    awaitMembers(2, second, third);
    dns.set(QUERY, List.of("127.0.0.2", "127.0.0.3", "127.0.0.4"));
    AwaitedCache again = node("127.0.0.4", 3);
    awaitMembers(3, second, third, again);

    assertLive(again, before);
    assertLive(second, written(again));
    assertThat(warnings("TSESS0114")).as("the name has addresses").isEmpty();
  }

  /** The address and the query come from settings, which need not be system properties. */
  @Test
  void encryptedStack_withAQuery_joinsOverTls() throws Exception {
    System.setProperty(
        "typedsession.keystore", ClusterKeys.make(directory.resolve("key.p12")).toString());
    System.setProperty("typedsession.keystore-password", ClusterKeys.PASSWORD);
    dns.set(QUERY, List.of("127.0.0.1", "127.0.0.2"));
    AwaitedCache first = encrypted("127.0.0.1");
    AwaitedCache second = encrypted("127.0.0.2");
    awaitMembers(2, first, second);
    SessionId id = written(first);
    // It has not the key, and has looked for the others before it is started.
    AwaitedCache stranger = node("127.0.0.3", 2);

    assertLive(second, id);
    assertThat(stranger.cache()).isEmpty();
  }

  /** As in a pod, where no DNS server is named. */
  @Test
  void query_ofTheResolverOfTheSystem_findsTheOther() throws Exception {
    dns.close();
    AwaitedCache first = node("localhost", "127.0.0.1");
    AwaitedCache second = node("localhost", "127.0.0.2");

    awaitMembers(2, first, second);

    assertLive(second, written(first));
  }

  @Test
  void name_thatDoesNotExist_isWarnedOfWithTheWayOut() {
    AwaitedCache node =
        node("shop-knots.default", "127.0.0.1", 3, Optional.empty(), AwaitedCache.Timing.STANDARD);

    assertThat(warnings("TSESS0114"))
        .as("at once, and not only when it has waited")
        .singleElement()
        .asString()
        .contains("shop-knots.default", "no address", "127.0.0.1[%d]".formatted(port), "headless");
    assertThat(over(node).readiness()).isInstanceOf(Readiness.NotReady.class);
  }

  @Test
  void name_ofOtherThings_isWarnedOfWithItsAddressesWhenNobodyCame() {
    dns.set(QUERY, List.of("127.0.0.9"));
    node(QUERY, "127.0.0.1", 3, Optional.empty(), IMPATIENT);

    await().atMost(DEADLINE).until(() -> !warnings("TSESS0114").isEmpty());

    assertThat(warnings("TSESS0106")).hasSize(1);
    assertThat(warnings("TSESS0114")).singleElement().asString().contains(QUERY, "127.0.0.9");
  }
}
