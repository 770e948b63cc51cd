package org.typedsession.infinispan.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.testing.Ports;

/** The stack {@code encrypted.xml}: who has the key is a member, and nobody else is. */
final class EncryptedChannelTest {
  private static final String CACHE = "sessions";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory;
  private final Ports ports = Ports.reserved();
  private final int firstPort = ports.first();
  private final List<SessionCache> members = new ArrayList<>();
  private final Set<String> properties = new HashSet<>();

  @BeforeEach
  void startTwo() throws Exception {
    Path key = keyStore("ours.p12");
    member(0, Optional.of(key));
    member(1, Optional.of(key));
    await("the members find each other")
        .atMost(PATIENCE)
        .until(() -> members.stream().allMatch(member -> member.memberCount() == 2));
    Members.advanced(members.get(0)).put("x", "secret");
  }

  @AfterEach
  void stop() {
    members.forEach(SessionCache::close);
    properties.forEach(System::clearProperty);
    ports.close();
  }

  @Test
  void join_sameKey_sharesTheEntries() {
    assertThat(Members.advanced(members.get(1)).get("x")).isEqualTo("secret");
  }

  @Test
  void join_anotherKey_staysAlone() throws Exception {
    SessionCache stranger = member(2, Optional.of(keyStore("theirs.p12")));

    assertAlone(stranger);
  }

  @Test
  void join_noKey_staysAlone() throws Exception {
    SessionCache stranger = member(2, Optional.empty());

    assertAlone(stranger);
  }

  @Test
  void listen_eitherStack_atTheGivenAddressOnly() throws Exception {
    member(2, Optional.empty());

    for (int port : List.of(firstPort, firstPort + 100, firstPort + 2, firstPort + 102)) {
      assertThat(isReachable("127.0.0.1", port)).as("port " + port).isTrue();
      assertThat(isReachable("127.0.0.2", port)).as("port " + port).isFalse();
    }
  }

  private static boolean isReachable(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), (int) PATIENCE.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void assertAlone(SessionCache stranger) {
    // It has looked for the others until it gave up, or it would not be started.
    assertThat(stranger.memberCount()).isEqualTo(1);
    assertThat(Members.advanced(stranger).get("x")).isNull();
    Members.advanced(stranger).put("x", "forged");
    assertThat(members.get(0).memberCount()).isEqualTo(2);
    assertThat(Members.advanced(members.get(0)).get("x")).isEqualTo("secret");
    assertThat(Members.advanced(members.get(1)).get("x")).isEqualTo("secret");
  }

  /**
   * @param key without one, the library's stack that encrypts nothing
   */
  private SessionCache member(int number, Optional<Path> key) {
    List<String> hosts =
        List.of("127.0.0.1[%d]".formatted(firstPort), "127.0.0.1[%d]".formatted(firstPort + 1));
    set("typed-session.infinispan.bind-port", Integer.toString(firstPort + number));
    set("typed-session.infinispan.initial-hosts", String.join(",", hosts));
    key.ifPresent(file -> set("typedsession.keystore", file.toString()));
    set("typedsession.keystore-password", ClusterKeys.PASSWORD);
    SessionCache member =
        EmbeddedContainer.clustered(
            CACHE,
            new EmbeddedContainer.Cluster(
                "encrypted",
                "127.0.0.1",
                firstPort + number,
                hosts,
                Optional.empty(),
                key.map(file -> ClusterKeys.STACK)),
            StandardCacheConfiguration.standard(true, true),
            new AcceptedRisks(WhenSplit.SERVE, PessimisticTransactions.REFUSE),
            1);
    members.add(member);
    return member;
  }

  private void set(String property, String value) {
    properties.add(property);
    System.setProperty(property, value);
  }

  private Path keyStore(String name) throws IOException, InterruptedException {
    return ClusterKeys.make(directory.resolve(name));
  }
}
