package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionExpiry;
import org.typedsession.infinispan.Members.Mode;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.RandomSessionCookieGenerator;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Account;
import org.typedsession.testing.AccountCodec;
import org.typedsession.testing.MutableClock;
import org.typedsession.testing.Seed;

/** How many messages between three nodes an operation takes: the same on every machine. */
final class MessagesPerOperationTest {
  private static final int OPERATIONS = 200;
  // One question at the start, and none while messages are counted.
  private static final MembershipLease.Timing ONCE =
      new MembershipLease.Timing(Duration.ofHours(2), Duration.ofHours(1));

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);

  private record Held(SessionId id, SessionLookup.Live<Account> live) {}

  @ParameterizedTest
  @EnumSource
  void messages_ofEachOperation_areAsFewAsSaid(Mode mode) throws IOException {
    try (SimulatedCluster cluster =
        new SimulatedCluster(mode.configuration(true), false, 3, ONCE, 1)) {
      List<SessionStoreConnector<Account>> members =
          cluster.nodes().stream().map(node -> over(node.cache())).toList();
      List<Figure> figures = new ArrayList<>();
      figures.add(measure(cluster, members, "create", held -> null));
      for (int caller = 0; caller < members.size(); caller++) {
        SessionStoreConnector<Account> member = members.get(caller);
        String where = caller == 0 ? "primary" : "other node";
        figures.add(
            measure(cluster, members, "read, " + where, held -> member.lookUpSession(held.id)));
        figures.add(
            measure(
                cluster,
                members,
                "write, " + where,
                held -> written(member.writeSession(held.id, held.live, changed(held)))));
        figures.add(
            measure(
                cluster,
                members,
                "remap, " + where,
                held ->
                    written(
                        member.updateSession(
                            cookies.next(member.preferredIds(held.id)).id(),
                            held.id,
                            held.live,
                            changed(held)))));
      }
      publish(mode, figures);

      // By the primary owner: to the backup and back, for one entry or for two. A transaction sends
      // both entries in one message, and one more afterwards.
      boolean plain = mode == Mode.PLAIN;
      assertThat(of(figures, "read, primary")).isZero();
      assertThat(of(figures, "create"))
          .isEqualTo(plain ? 2.0 : mode == Mode.PESSIMISTIC ? 3.0 : 5.0);
      assertThat(of(figures, "write, primary"))
          .isEqualTo(plain ? 2.0 : mode == Mode.PESSIMISTIC ? 3.0 : 5.0);
      assertThat(of(figures, "remap, primary"))
          .isEqualTo(plain ? 4.0 : mode == Mode.PESSIMISTIC ? 3.0 : 5.0);
    }
  }

  private record Figure(String operation, double messages) {}

  private static double of(List<Figure> figures, String operation) {
    return figures.stream()
        .filter(figure -> figure.operation.equals(operation))
        .mapToDouble(Figure::messages)
        .average()
        .orElseThrow();
  }

  /** Sessions begun on the first node, so that it is their primary owner. */
  private Figure measure(
      SimulatedCluster cluster,
      List<SessionStoreConnector<Account>> members,
      String name,
      Function<Held, Object> operation) {
    // What the start of the cluster and of its lease took.
    quiet(cluster);
    long before = sent(cluster);
    List<Held> all = new ArrayList<>();
    for (int i = 0; i < OPERATIONS; i++) {
      all.add(begin(members.get(0)));
    }
    if (!name.equals("create")) {
      quiet(cluster);
      before = sent(cluster);
      assertThat(all).allMatch(held -> operation.apply(held) != null);
    }
    quiet(cluster);
    return new Figure(name, (double) (sent(cluster) - before) / OPERATIONS);
  }

  private Held begin(SessionStoreConnector<Account> member) {
    SessionId id = cookies.next(member.preferredIds(null)).id();
    return new Held(
        id, written(member.createSession(id, SessionExpiry.never(), Account.EMPTY)).stored());
  }

  private static org.typedsession.spi.SessionRecord<Account> changed(Held held) {
    return held.live.session().withData(Account.EMPTY.addLeft(1));
  }

  private static WriteSessionResult.Written<Account> written(WriteSessionResult<Account> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    return (WriteSessionResult.Written<Account>) result;
  }

  // What nobody waits for may still be on its way.
  private static void quiet(SimulatedCluster cluster) {
    long[] last = {-1};
    org.awaitility.Awaitility.await("the network to be quiet")
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              long now = sent(cluster);
              boolean same = now == last[0];
              last[0] = now;
              return same;
            });
  }

  private static long sent(SimulatedCluster cluster) {
    return cluster.nodes().stream().map(Node::wire).mapToLong(SimulatedNetwork.Wire::sent).sum();
  }

  private SessionStoreConnector<Account> over(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache, "m", new AccountCodec(), new MutableClock(), random, Duration.ofMinutes(15));
  }

  private static void publish(Mode mode, List<Figure> figures) throws IOException {
    StringBuilder text = new StringBuilder("operation,messages\n");
    figures.stream()
        .map(Figure::operation)
        .distinct()
        .forEach(
            operation -> text.append("\"%s\",%.2f%n".formatted(operation, of(figures, operation))));
    Path file =
        Path.of(
            "target",
            "contract",
            "messages-%s.csv".formatted(mode.name().toLowerCase(Locale.ROOT)));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
