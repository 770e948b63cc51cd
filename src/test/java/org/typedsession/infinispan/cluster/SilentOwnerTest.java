package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.RemapTrial;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;

/** A primary owner that does not answer, and of which nobody says yet that it is gone. */
final class SilentOwnerTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final SimulatedCluster cluster =
      new SimulatedCluster(
          Members.impatient(Members.Mode.PLAIN.configuration(true)),
          false,
          3,
          new MembershipLease.Timing(LEASE, Duration.ofMillis(50)),
          1);
  private final Node eldest = cluster.nodes().get(0);
  // By rank it needs the eldest alone for its lease.
  private final Node caller = cluster.nodes().get(1);
  private final Node silent = cluster.nodes().get(2);
  private final SessionStoreConnector<Account> store = over(caller);

  @BeforeEach
  void awaitReady() {
    cluster.nodes().forEach(node -> awaitReady(over(node)));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void write_whosePrimaryOwnerIsSilent_isRefusedWithoutAskingIt() {
    SessionId there = created(over(silent));
    SessionId free = cookies.next(over(silent).placement(null)).id();
    SessionLookup.Live<Account> live = live(there);
    cut(silent);
    Awaitility.await().until(() -> caller.watch().guard().isSilent(namespace + there.stored()));
    Watch asked = watch(there);
    Watch askedForNew = watch(free);

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> store.writeSession(there, live, live.session()))
        .withMessageContaining("has not answered");
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> store.createSession(free, SessionExpiry.never(), Account.EMPTY));

    assertThat(asked.seen() + askedForNew.seen()).isZero();
    awaitReady(store);
    cluster.network().heal();
    Awaitility.await().until(() -> !caller.watch().guard().isSilent(namespace + there.stored()));
    assertThat(store.writeSession(there, live, live.session()))
        .isInstanceOf(WriteSessionResult.Written.class);
  }

  @Test
  void owners_whoAnswer_areNotSilentWhileOneIs() {
    SessionId id = created(over(eldest));
    cut(silent);
    Awaitility.await().until(() -> !isAnswering(silent));
    SessionId next = cookies.next(over(eldest).placement(null)).id();

    assertThat(caller.watch().guard().isSilent(namespace + id.stored())).isFalse();
    assertThat(caller.watch().guard().isSilent(namespace + next.stored())).isFalse();
  }

  @Test
  void write_onANodeThatIsNotCountedIn_isRefusedWithoutAsking() {
    SessionId there = created(over(silent));
    SessionLookup.Live<Account> live = live(there);
    cut(eldest);
    Awaitility.await().until(() -> store.readiness() instanceof Readiness.NotReady);
    Watch asked = watch(there);

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> store.writeSession(there, live, live.session()))
        .withMessageContaining("could go on without this one")
        .withMessageContaining("silent are " + eldest.advanced().getRpcManager().getAddress());
    assertThat(store.readiness().toString()).contains(eldest.toString());

    assertThat(asked.seen()).isZero();
  }

  /** What went unanswered while this node was cut off itself says nothing of the others. */
  @Test
  void owner_thatIsUnheardSinceThisNodeWasCutOff_isNotSilentYetWhenItIsBack() {
    SessionId there = created(over(silent));
    cut(eldest);
    cut(silent);
    Awaitility.await().until(() -> store.readiness() instanceof Readiness.NotReady);
    cluster.network().heal();
    cut(silent);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> store.readiness() instanceof Readiness.Ready);

    assertThat(caller.watch().guard().isSilent(namespace + there.stored())).isFalse();
    Awaitility.await().until(() -> caller.watch().guard().isSilent(namespace + there.stored()));
  }

  private boolean isAnswering(Node node) {
    SessionId id = cookies.next(over(node).placement(null)).id();
    return !caller.watch().guard().isSilent(namespace + id.stored());
  }

  private void cut(Node node) {
    cluster.network().cut(caller.address(), node.address());
    cluster.network().cut(node.address(), caller.address());
  }

  private Watch watch(SessionId id) {
    return cluster.network().watch(caller.address(), silent.address(), id.stored(), () -> {});
  }

  private SessionStoreConnector<Account> over(Node node) {
    return RemapTrial.Connecting.ofTheLibrary(namespace, random).over(node.cache());
  }

  private static void awaitReady(SessionStoreConnector<Account> connector) {
    Awaitility.await().until(() -> connector.readiness() instanceof Readiness.Ready);
  }

  private SessionId created(SessionStoreConnector<Account> connector) {
    SessionId id = cookies.next(connector.placement(null)).id();
    assertThat(connector.createSession(id, SessionExpiry.never(), Account.EMPTY))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }

  private SessionLookup.Live<Account> live(SessionId id) {
    SessionLookup<Account> found = store.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    return (SessionLookup.Live<Account>) found;
  }
}
