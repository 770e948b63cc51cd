package org.typedsession.infinispan.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionEvent;
import org.typedsession.SessionEvent.SessionEnded;
import org.typedsession.SessionEvent.SessionEnded.Cause;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What a cluster tells of sessions that nobody ended. */
final class ExpiryListenerTest {
  private static final Duration ABSOLUTE = Duration.ofHours(12);
  private static final int SESSIONS = 40;
  // So that the cache frees them at once, by the clock of the machine.
  private static final long LIFESPAN_MILLIS = 1;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();

  private void over(Node node, String namespace) {
    new InfinispanSessionStoreConnector<>(
        node.cache(),
        namespace,
        new AccountCodec(),
        clock,
        random,
        new TombstonePolicy(Duration.ofMinutes(15), Optional.of(ABSOLUTE)),
        events::add);
  }

  private SessionHandle store(Node node, String namespace, SessionExpiry expiry) {
    SessionHandle handle = SessionHandle.random(random);
    Instant now = clock.instant();
    StoredEntry.Live live =
        new StoredEntry.Live(
            0,
            1,
            0,
            null,
            "x",
            SessionRecord.begin(handle, now, expiry, new byte[0])
                .withPrivilegeChange(now, "anna")
                .withAdmission(1));
    put(node, namespace, EntryFormat.encode(live));
    return handle;
  }

  private void put(Node node, String namespace, String text) {
    SessionId id = cookies.next(Placement.ANYWHERE).id();
    assertThat(
            Entries.plain(node.advanced())
                .create(namespace + id.stored(), new Entries.Value(text, LIFESPAN_MILLIS)))
        .isTrue();
  }

  @Test
  void entriesWhoseTimeIsOver_areToldOnceInTheCluster() {
    try (SimulatedCluster cluster =
        SimulatedCluster.calm(Members.Mode.PLAIN.configuration(true), 3)) {
      cluster.nodes().forEach(node -> over(node, "e"));
      SessionExpiry idle = SessionExpiry.at(clock.instant().plusSeconds(60));
      SessionExpiry absolute = SessionExpiry.at(clock.instant().plus(ABSOLUTE));
      for (int i = 0; i < SESSIONS; i++) {
        Node node = cluster.nodes().get(i % 3);
        store(node, "e", i % 2 == 0 ? idle : absolute);
        store(node, "another", idle);
        put(
            node,
            "e",
            EntryFormat.encode(
                new StoredEntry.Ended(SessionHandle.random(random), 0, clock.instant(), 1)));
      }
      Awaitility.await("the cache to be empty")
          .untilAsserted(
              () -> {
                cluster.nodes().forEach(ExpiryListenerTest::free);
                assertThat(events).hasSizeGreaterThanOrEqualTo(SESSIONS);
              });
      cluster.nodes().forEach(ExpiryListenerTest::free);

      assertThat(events).hasSize(SESSIONS);
      assertThat(events).extracting(SessionEvent::handle).doesNotHaveDuplicates();
      assertThat(events)
          .filteredOn(event -> ((SessionEnded) event).cause() == Cause.ABSOLUTE)
          .hasSize(SESSIONS / 2);
      assertThat(events)
          .filteredOn(event -> ((SessionEnded) event).cause() == Cause.IDLE)
          .hasSize(SESSIONS / 2);
      assertThat(events).allMatch(event -> event.principal().equals(Optional.of("anna")));
    }
  }

  private static void free(Node node) {
    node.advanced().getExpirationManager().processExpiration();
  }

  @Test
  void cacheThatWasClosed_tellsNothing() {
    try (SimulatedCluster cluster =
        SimulatedCluster.calm(Members.Mode.PLAIN.configuration(true), 1)) {
      Node node = cluster.nodes().get(0);
      over(node, "e");
      node.cache().close();
      store(node, "e", SessionExpiry.at(clock.instant().plusSeconds(60)));

      Awaitility.await("the cache to be empty")
          .untilAsserted(
              () -> {
                free(node);
                assertThat(node.advanced().getDataContainer().sizeIncludingExpired()).isZero();
              });
      assertThat(events).isEmpty();
    }
  }
}
