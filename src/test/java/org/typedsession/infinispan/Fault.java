package org.typedsession.infinispan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.typedsession.infinispan.RemapTrial.Subject;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.testkit.Seed;

/** What can happen to a cluster in the middle of remaps. */
enum Fault {
  /** The node that remaps sends a few messages of its remaps, any number, and is dead. */
  ORIGINATOR_DIES(4) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      Node victim = any(cluster.nodes());
      List<Subject> subjects = trial.begin(BATCH, cluster.nodes());
      victim.wire().dieAfter(random(3 * BATCH));
      Remaps remaps = new Remaps();
      start(remaps, trial, subjects, () -> victim, cluster.nodes());
      remaps.begin();
      pause(UNNOTICED_MILLIS);
      cluster.buryWithClients(victim);
      remaps.finish();
      settle(cluster, trial, subjects);
      cluster.join();
    }
  },

  /** As before, and of what the node sends at last a random half is lost. */
  ORIGINATOR_DIES_STUTTERING(4) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      Node victim = any(cluster.nodes());
      List<Subject> subjects = trial.begin(BATCH, cluster.nodes());
      Remaps remaps = new Remaps();
      start(remaps, trial, subjects, () -> victim, cluster.nodes());
      remaps.begin();
      pause(5);
      victim.wire().loseHalf();
      pause(UNNOTICED_MILLIS);
      cluster.buryWithClients(victim);
      remaps.finish();
      settle(cluster, trial, subjects);
      cluster.join();
    }
  },

  /** A node dies while the others remap what it owns. */
  OWNER_DIES(3) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      Node victim = any(cluster.nodes());
      List<Node> others = without(cluster.nodes(), victim);
      List<Subject> subjects = trial.begin(BATCH, cluster.nodes());
      victim.wire().dieAfter(random(2 * BATCH));
      Remaps remaps = new Remaps();
      start(remaps, trial, subjects, () -> any(others), others);
      remaps.begin();
      pause(UNNOTICED_MILLIS);
      cluster.buryWithClients(victim);
      remaps.finish();
      settle(cluster, trial, subjects);
      cluster.join();
    }
  },

  /** A node dies while others remap sessions of all of which it is the primary owner. */
  PRIMARY_DIES(3) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      Node victim = any(cluster.nodes());
      List<Node> others = without(cluster.nodes(), victim);
      // A session begins on its primary owner.
      List<Subject> subjects = trial.begin(BATCH, List.of(victim));
      victim.wire().dieAfter(random(2 * cluster.nodes().size() * BATCH));
      Remaps remaps = new Remaps();
      start(remaps, trial, subjects, () -> any(others), others);
      remaps.begin();
      pause(UNNOTICED_MILLIS);
      cluster.bury(victim);
      remaps.finish();
      settle(cluster, trial, subjects);
      cluster.join();
    }
  },

  /** The network splits into two and one; both sides remap the same sessions. */
  SPLIT_2_1(3) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      Node minority = any(cluster.nodes());
      split(cluster, trial, List.of(without(cluster.nodes(), minority), List.of(minority)));
    }
  },

  /** The network splits, and nobody reaches anybody. */
  SPLIT_1_1_1(3) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      split(cluster, trial, cluster.nodes().stream().map(List::of).toList());
    }
  },

  /** Two nodes do not reach each other for a while, and nobody takes anybody for dead. */
  SILENCE(3) {
    @Override
    void strike(SimulatedCluster cluster, RemapTrial trial) {
      List<Node> nodes = cluster.nodes();
      Node one = any(nodes);
      Node other = any(without(nodes, one));
      List<Subject> subjects = trial.begin(BATCH, nodes);
      Remaps remaps = new Remaps();
      start(remaps, trial, subjects, () -> any(nodes), nodes);
      cluster.network().cut(one.address(), other.address());
      cluster.network().cut(other.address(), one.address());
      remaps.begin();
      remaps.finish();
      cluster.network().heal();
      settle(cluster, trial, subjects);
    }
  };

  private static final int BATCH = 100;
  private static final int UNNOTICED_MILLIS = 60;

  private final int members;

  Fault(int members) {
    this.members = members;
  }

  /** How many members a cluster should have for this. */
  int members() {
    return members;
  }

  /** Begins sessions, remaps each, lets it happen meanwhile, and verifies what is left. */
  abstract void strike(SimulatedCluster cluster, RemapTrial trial);

  private static void split(SimulatedCluster cluster, RemapTrial trial, List<List<Node>> parts) {
    List<Subject> subjects = trial.begin(BATCH, cluster.nodes());
    Remaps early = new Remaps();
    Remaps late = new Remaps();
    for (Subject subject : subjects) {
      // Every part tries each session once: some at the moment of the cut, some when it is known.
      for (List<Node> part : parts) {
        Remaps when = random(4) == 0 ? late : early;
        Node caller = any(part);
        when.start(() -> trial.use(subject, caller, part));
      }
    }
    early.begin();
    // Some have been answered by then.
    pause(trial.use() == RemapTrial.Use.EVERYTHING ? UNNOTICED_MILLIS : 2);
    cluster.split(parts);
    if (trial.use() == RemapTrial.Use.EVERYTHING) {
      // As failure detection does; reads are judged, and no node may believe itself any longer.
      cluster.awaitLeaseOver();
    } else {
      pause(UNNOTICED_MILLIS);
    }
    List<List<Node>> order = new ArrayList<>(parts);
    Collections.shuffle(order, Seed.shared());
    for (List<Node> part : order) {
      cluster.notice(part);
      pause(UNNOTICED_MILLIS);
    }
    late.begin();
    late.finish();
    cluster.heal();
    early.finish();
    settle(cluster, trial, subjects);
  }

  // The first client of a session is on a node that was chosen, others of it are on any.
  private static void start(
      Remaps remaps,
      RemapTrial trial,
      List<Subject> subjects,
      Supplier<Node> first,
      List<Node> nodes) {
    for (Subject subject : subjects) {
      for (int client = 0; client < trial.use().clients(); client++) {
        Node node = client == 0 ? first.get() : any(nodes);
        remaps.start(() -> trial.use(subject, node, nodes));
      }
    }
  }

  private static void settle(SimulatedCluster cluster, RemapTrial trial, List<Subject> subjects) {
    cluster.awaitWhole();
    trial.verify(subjects, cluster.nodes());
  }

  private static Node any(List<Node> nodes) {
    return nodes.get(random(nodes.size()));
  }

  private static List<Node> without(List<Node> nodes, Node node) {
    return nodes.stream().filter(other -> other != node).toList();
  }

  private static int random(int bound) {
    return Seed.shared().nextInt(bound);
  }

  private static void pause(int atMostMillis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random(atMostMillis)));
  }

  /** Remaps that begin together, each in a thread. */
  private static final class Remaps {
    private static final ExecutorService THREADS =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "remap");
              thread.setDaemon(true);
              return thread;
            });

    private static final long LONGEST_CLIENT_SECONDS = 120;

    private final CountDownLatch start = new CountDownLatch(1);
    private final List<CompletableFuture<Void>> running = new ArrayList<>();

    void start(Runnable remap) {
      running.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                remap.run();
              },
              THREADS));
    }

    void begin() {
      start.countDown();
    }

    // A client that never comes back is a failure of its own, and must not hold up the campaign.
    void finish() {
      CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
          .orTimeout(LONGEST_CLIENT_SECONDS, TimeUnit.SECONDS)
          .join();
    }
  }
}
