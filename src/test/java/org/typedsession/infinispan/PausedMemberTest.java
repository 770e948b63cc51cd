package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.infinispan.configuration.cache.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.RemapTrial.Subject;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.spi.SessionCodec;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * A member that neither sends nor receives for longer than its lease and than it takes the others
 * to give up on it, and goes on in the middle of what it was doing: it has read sessions, and has
 * not written them yet.
 */
final class PausedMemberTest {
  // Not lost on a busy machine by itself.
  private static final MembershipLease.Timing LEASE =
      new MembershipLease.Timing(Duration.ofMillis(600), Duration.ofMillis(50));
  private static final int SESSIONS = Campaign.lengthened(1_000);
  private static final int BATCH = 50;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final FaultFigures figures = new FaultFigures();
  private final RemapTrial trial =
      new RemapTrial(
          cookies,
          cache ->
              new InfinispanSessionStoreConnector<>(
                  cache,
                  namespace,
                  new PausingCodec(cache),
                  new MutableClock(),
                  random,
                  Duration.ofMinutes(15)),
          figures,
          RemapTrial.Use.EVERYTHING,
          namespace);
  private volatile @Nullable Pause pause;

  /** What writers on one member wait for. */
  private record Pause(SessionCache of, CountDownLatch over, AtomicInteger waiting) {}

  /** Waits between the reading and the writing of a session while its member is paused. */
  private final class PausingCodec implements SessionCodec<Account> {
    private final AccountCodec codec = new AccountCodec();
    private final SessionCache cache;

    PausingCodec(SessionCache cache) {
      this.cache = cache;
    }

    @Override
    public String id() {
      return codec.id();
    }

    @Override
    public byte[] encode(Account data) {
      Pause now = pause;
      if (now != null && now.of == cache) {
        now.waiting.incrementAndGet();
        try {
          now.over.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return codec.encode(data);
    }

    @Override
    public Account decode(byte[] bytes) {
      return codec.decode(bytes);
    }
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(names = {"PLAIN", "OPTIMISTIC"})
  void write_goesOnAfterALongPause_isRefusedAndUndoesNothing(Members.Mode mode) {
    try (SimulatedCluster cluster = cluster(mode, Members::impatient)) {
      strike(cluster, 3);
    }

    assertThat(figures.acknowledged()).as("by the others").isPositive();
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  @Tag("chaos")
  @Test
  void operations_onAMemberThatWasPaused_holdWhatWasAcknowledged(TestReporter reporter) {
    try (SimulatedCluster cluster = cluster(Members.Mode.PLAIN, RemapFaultsTest::quick)) {
      while (figures.sessions() < SESSIONS) {
        strike(cluster, BATCH);
        trial.forget(cluster.nodes());
      }
    }
    reporter.publishEntry("paused", figures.toString());
    figures.publish("paused", "PLAIN", "a member is paused");
    figures.report("operations that go on after a pause longer than the lease");

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(SESSIONS);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  private static SimulatedCluster cluster(
      Members.Mode mode, UnaryOperator<Configuration> timeouts) {
    return new SimulatedCluster(timeouts.apply(mode.configuration(true)), false, 3, LEASE, 1);
  }

  private void strike(SimulatedCluster cluster, int sessions) {
    List<Node> nodes = cluster.nodes();
    Node paused = nodes.get(random.nextInt(nodes.size()));
    List<Node> others = nodes.stream().filter(node -> node != paused).toList();
    // A third of them on each, so that the paused member is all that a member can be to a session.
    List<Subject> subjects = trial.begin(sessions, nodes);
    Pause now = new Pause(paused.cache(), new CountDownLatch(1), new AtomicInteger());
    pause = now;
    List<CompletableFuture<Void>> interrupted = new ArrayList<>();
    for (Subject subject : subjects) {
      interrupted.add(
          run(
              () -> {
                if (random.nextBoolean()) {
                  trial.remap(subject, paused);
                } else {
                  trial.write(subject, subject.original(), paused);
                }
              }));
    }
    Awaitility.await().until(() -> now.waiting.get() == sessions);

    cluster.split(List.of(others, List.of(paused)));
    cluster.awaitLeaseOver();
    cluster.notice(others);
    // Every session, so that what the paused member goes on with is of the past.
    List<CompletableFuture<Void>> meanwhile = new ArrayList<>();
    for (Subject subject : subjects) {
      Node other = others.get(random.nextInt(others.size()));
      meanwhile.add(run(() -> trial.use(subject, other, others)));
    }
    meanwhile.forEach(CompletableFuture::join);

    // Its network is back before it learns that it is out, and so are its clients.
    cluster.network().heal();
    now.over.countDown();
    subjects.subList(0, 2).forEach(subject -> trial.look(subject, List.of(paused)));
    List<CompletableFuture<Void>> afterwards = new ArrayList<>();
    subjects.forEach(subject -> afterwards.add(run(() -> trial.look(subject, List.of(paused)))));
    cluster.heal();
    interrupted.forEach(CompletableFuture::join);
    afterwards.forEach(CompletableFuture::join);
    pause = null;
    trial.verify(subjects, cluster.nodes());
  }

  private CompletableFuture<Void> run(Runnable client) {
    return CompletableFuture.runAsync(client, threads);
  }
}
