package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.typedsession.infinispan.Members.Mode;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.infinispan.SimulatedNetwork.Wire;
import org.typedsession.infinispan.cluster.MembershipLease;

/** What members send each other while nobody asks them for a session, by their number. */
public final class LeaseTable {
  private static final int[] MEMBERS = {2, 3, 4, 5, 6, 8, 10, 12};
  // Ten questions of the lease, and one of the clocks.
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private static final String QUESTION = "typed-session/lease/";

  private LeaseTable() {}

  /**
   * One figure, of all members together, in a second.
   *
   * @param questions of the lease
   * @param messages requests and replies, those that compare the clocks among them
   * @param bytes theirs
   */
  public record Row(int members, double questions, double messages, double bytes) {
    /** Requests and replies of the lease alone. */
    public double messagesOfLease() {
      return 2 * questions;
    }
  }

  /** How many times {@link #measure} reports. */
  public static int steps() {
    return MEMBERS.length + 1;
  }

  /** All clusters at once: they have next to nothing to do. */
  public static List<Row> measure(Consumer<String> progress) {
    List<Quiet> clusters = new ArrayList<>();
    try {
      for (int members : MEMBERS) {
        clusters.add(new Quiet(members));
        progress.accept(members + " members begun");
      }
      // What the last ones have to say to each other since they met.
      pause(Duration.ofSeconds(2));
      clusters.forEach(Quiet::begin);
      pause(WINDOW);
      List<Row> rows = clusters.stream().map(Quiet::row).toList();
      progress.accept("counted");
      return rows;
    } finally {
      clusters.forEach(each -> each.cluster.close());
    }
  }

  private static void pause(Duration length) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < length.toNanos()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static final class Quiet {
    private final SimulatedCluster cluster;
    private final List<Watch> questions = new ArrayList<>();
    private long began;
    private Row before = new Row(0, 0, 0, 0);

    Quiet(int members) {
      cluster =
          new SimulatedCluster(
              Mode.PLAIN.configuration(true), false, members, MembershipLease.Timing.STANDARD, 1);
      for (Node from : cluster.nodes()) {
        for (Node to : cluster.nodes()) {
          if (from != to) {
            questions.add(
                cluster.network().watch(from.address(), to.address(), QUESTION, () -> {}));
          }
        }
      }
    }

    void begin() {
      before = now();
      began = System.nanoTime();
    }

    Row row() {
      double seconds = (System.nanoTime() - began) / 1e9;
      Row now = now();
      return new Row(
          now.members,
          (now.questions - before.questions) / seconds,
          (now.messages - before.messages) / seconds,
          (now.bytes - before.bytes) / seconds);
    }

    private Row now() {
      return new Row(
          cluster.nodes().size(),
          questions.stream().mapToLong(Watch::seen).sum(),
          sum(Wire::sent),
          sum(Wire::sentBytes));
    }

    private long sum(ToLongFunction<Wire> figure) {
      return cluster.nodes().stream().map(Node::wire).mapToLong(figure).sum();
    }
  }
}
