package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.ch.ConsistentHash;
import org.infinispan.remoting.transport.Address;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.RemapTrial.Subject;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.spi.Placement;
import org.typedsession.testkit.Seed;

/**
 * Every single message of an operation, on every link, is late by up to one and a half seconds,
 * while the members stay, or one comes, leaves or dies: each case once, and none by chance.
 */
@Tag("chaos")
final class LateMessagesTest {
  private static final long LATEST_MILLIS = 1_500;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration REPEATED = Duration.ofSeconds(2);
  private static final int MEMBERS = 4;
  private static final int CLUSTERS = 3;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  private enum Act {
    REMAP,
    WRITE,
    LOGOUT
  }

  /** What a member is to the session. */
  private enum Part {
    PRIMARY,
    BACKUP,
    OUTSIDER,
    /** As the outsider, but nobody asks it for anything. */
    BYSTANDER
  }

  private enum Movement {
    NOBODY_MOVES,
    MEMBER_JOINS,
    BYSTANDER_LEAVES,
    CALLER_DIES,
    PRIMARY_DIES,
    BACKUP_DIES
  }

  private record Link(Part from, Part to) {}

  private record Operation(Act act, Part caller) {}

  /**
   * @param number of the message, on its link
   */
  private record Late(Operation operation, Link link, int number, Movement movement) {}

  @Test
  void operation_whoseMessageIsLate_holdsWhatWasAcknowledged(TestReporter reporter) {
    FaultFigures figures = new FaultFigures();
    AtomicInteger held = new AtomicInteger();
    Queue<Late> cases = new ConcurrentLinkedQueue<>();
    try (Stage stage = new Stage(new FaultFigures())) {
      cases.addAll(stage.cases());
    }
    int count = cases.size();
    ExecutorService threads = Executors.newFixedThreadPool(CLUSTERS);
    List<CompletableFuture<Void>> stages = new ArrayList<>();
    for (int i = 0; i < CLUSTERS; i++) {
      stages.add(
          CompletableFuture.runAsync(
              () -> {
                try (Stage stage = new Stage(figures)) {
                  for (Late late = cases.poll(); late != null; late = cases.poll()) {
                    if (stage.strike(late)) {
                      held.incrementAndGet();
                    }
                  }
                }
              },
              threads));
    }
    stages.forEach(CompletableFuture::join);
    threads.shutdown();
    clock.shutdownNow();
    reporter.publishEntry(
        "late messages", "%d of %d held, %s".formatted(held.get(), count, figures));
    figures.publish("late", "PLAIN", "every message late");
    figures.report("one message late, %d of %d cases".formatted(held.get(), count));

    // A message may come a place earlier or later than when they were counted.
    assertThat(held.get()).isGreaterThan(count / 2);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** A cluster on which one case is played after the other. */
  private final class Stage implements AutoCloseable {
    private final SimulatedCluster cluster =
        new SimulatedCluster(
            RemapFaultsTest.quick(Members.Mode.PLAIN.configuration(true)),
            false,
            MEMBERS,
            CastOfThree.ONCE,
            1);
    private final RemapTrial trial;

    Stage(FaultFigures figures) {
      this.trial =
          new RemapTrial(
              cookies,
              RemapTrial.Connecting.ofTheLibrary(namespace, random),
              figures,
              RemapTrial.Use.EVERYTHING,
              namespace);
    }

    /** Each message that an operation takes, with each movement. */
    List<Late> cases() {
      List<Late> cases = new ArrayList<>();
      for (Act act : Act.values()) {
        for (Part caller : List.of(Part.OUTSIDER, Part.PRIMARY, Part.BACKUP)) {
          Operation operation = new Operation(act, caller);
          count(operation)
              .forEach(
                  (link, messages) -> {
                    for (int number = 1; number <= messages; number++) {
                      for (Movement movement : Movement.values()) {
                        cases.add(new Late(operation, link, number, movement));
                      }
                    }
                  });
        }
      }
      return cases;
    }

    private Map<Link, Integer> count(Operation operation) {
      Map<Part, Node> cast = cast();
      Subject subject = begin(cast);
      Map<Link, Hold> counters = new LinkedHashMap<>();
      for (Part from : Part.values()) {
        for (Part to : Part.values()) {
          if (from != to) {
            counters.put(new Link(from, to), hold(cast, new Link(from, to), Integer.MAX_VALUE));
          }
        }
      }
      perform(operation, subject, cast);
      Map<Link, Integer> counts = new LinkedHashMap<>();
      counters.forEach(
          (link, counter) -> {
            counts.put(link, counter.seen());
            cluster.network().forget(counter);
          });
      return counts;
    }

    /** Returns whether a message was late. */
    boolean strike(Late late) {
      Map<Part, Node> cast = cast();
      Subject subject = begin(cast);
      Hold hold = hold(cast, late.link(), late.number());
      CompletableFuture<Void> operation =
          CompletableFuture.runAsync(
              () -> perform(late.operation(), subject, cast),
              work -> new Thread(work, "operation").start());
      await(() -> hold.held() > 0 || operation.isDone());
      boolean isLate = hold.held() > 0;
      if (isLate) {
        move(late, cast, operation, hold);
      }
      operation.join();
      cluster.awaitWhole();
      trial.look(subject, cluster.nodes());
      hold.release();
      if (isLate
          && cluster.nodes().contains(member(cast, late.link().from()))
          && cluster.nodes().contains(member(cast, late.link().to()))) {
        awaitArrival(hold);
      }
      trial.verify(List.of(subject), cluster.nodes());
      cluster.network().forget(hold);
      trial.forget(cluster.nodes());
      restore();
      return isLate;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A release throws nothing.
    private void move(
        Late late, Map<Part, Node> cast, CompletableFuture<Void> operation, Hold hold) {
      // What moves may wait for the very message.
      clock.schedule(hold::release, LATEST_MILLIS, TimeUnit.MILLISECONDS);
      switch (late.movement()) {
        case NOBODY_MOVES -> await(() -> operation.isDone() || hold.arrived() > 0);
        case MEMBER_JOINS -> cluster.join();
        case BYSTANDER_LEAVES -> cluster.leave(member(cast, Part.BYSTANDER));
        case CALLER_DIES -> cluster.buryWithClients(member(cast, late.operation().caller()));
        case PRIMARY_DIES -> cluster.buryWithClients(member(cast, Part.PRIMARY));
        case BACKUP_DIES -> cluster.buryWithClients(member(cast, Part.BACKUP));
      }
    }

    // Of four members two may own nothing together.
    private Map<Part, Node> cast() {
      Map<Part, Node> cast = anyCast();
      while (!shareASegment(member(cast, Part.PRIMARY), member(cast, Part.BACKUP))) {
        cast = anyCast();
      }
      return cast;
    }

    private boolean shareASegment(Node primary, Node backup) {
      ConsistentHash owners =
          primary.cache().cache().getDistributionManager().getCacheTopology().getCurrentCH();
      List<Address> both = Stream.of(primary, backup).map(this::address).toList();
      return IntStream.range(0, owners.getNumSegments())
          .anyMatch(segment -> owners.locateOwnersForSegment(segment).equals(both));
    }

    private Address address(Node node) {
      return node.cache().cache().getRpcManager().getAddress();
    }

    private Map<Part, Node> anyCast() {
      List<Node> nodes = new ArrayList<>(cluster.nodes());
      Collections.shuffle(nodes, Seed.shared());
      Map<Part, Node> cast = new EnumMap<>(Part.class);
      for (Part part : Part.values()) {
        cast.put(part, nodes.remove(0));
      }
      return cast;
    }

    private Subject begin(Map<Part, Node> cast) {
      Node primary = member(cast, Part.PRIMARY);
      while (true) {
        SessionId id = cookies.next(Placement.ANYWHERE).id();
        DistributionInfo owners =
            primary
                .cache()
                .cache()
                .getDistributionManager()
                .getCacheTopology()
                .getDistribution(namespace + id.stored());
        if (owners.isPrimary()
            && owners.writeBackups().contains(address(member(cast, Part.BACKUP)))) {
          return trial.begin(id, primary);
        }
      }
    }

    private Hold hold(Map<Part, Node> cast, Link link, int number) {
      return cluster
          .network()
          .holdOne(
              member(cast, link.from()).address(), member(cast, link.to()).address(), "", number);
    }

    private void perform(Operation operation, Subject subject, Map<Part, Node> cast) {
      Node caller = member(cast, operation.caller());
      switch (operation.act()) {
        case REMAP -> trial.remap(subject, caller);
        case WRITE -> trial.write(subject, subject.original(), caller);
        case LOGOUT -> trial.logOut(subject, subject.original(), caller);
      }
    }

    private void awaitArrival(Hold hold) {
      try {
        Awaitility.await()
            .atMost(REPEATED)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> hold.arrived() > 0);
      } catch (ConditionTimeoutException e) {
        // Its sender has given it up.
      }
    }

    private void restore() {
      while (cluster.nodes().size() < MEMBERS) {
        cluster.join();
      }
      while (cluster.nodes().size() > MEMBERS) {
        cluster.leave(cluster.nodes().get(MEMBERS));
        cluster.awaitWhole();
      }
    }

    @Override
    public void close() {
      cluster.close();
    }
  }

  private static Node member(Map<Part, Node> cast, Part part) {
    return Objects.requireNonNull(cast.get(part));
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
