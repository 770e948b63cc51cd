package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.typedsession.SessionEvent;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.Watches;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** A cluster of which both sides of a split go on, and the sessions on it. */
final class ServedSplit {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration TICK = Duration.ofMillis(1);

  private static final TombstonePolicy TOMBSTONES =
      new TombstonePolicy(Duration.ofMinutes(15), Optional.empty());

  private final SimulatedCluster cluster;
  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies;
  private final MutableClock clock = new MutableClock();
  private final Map<Node, SessionStoreConnector<Account>> connectors = new LinkedHashMap<>();
  private final Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();

  /** One session: all ids that it ever had or may have. */
  static final class Subject {
    private final SessionHandle handle;
    private final SessionId original;
    private final Queue<SessionId> ids = new ConcurrentLinkedQueue<>();

    private Subject(SessionHandle handle, SessionId original) {
      this.handle = handle;
      this.original = original;
      ids.add(original);
    }

    SessionHandle handle() {
      return handle;
    }

    SessionId original() {
      return original;
    }

    List<SessionId> ids() {
      return List.copyOf(ids);
    }
  }

  /** Clients that reach these nodes only. */
  final class Side {
    private final List<Node> nodes;

    private Side(List<Node> nodes) {
      this.nodes = nodes;
    }

    private SessionStoreConnector<Account> any() {
      return on(nodes.get(random.nextInt(nodes.size())));
    }

    Subject create() {
      SessionStoreConnector<Account> connector = any();
      clock.advance(TICK);
      SessionId id = cookies.next(connector.placement(null)).id();
      if (!(connector.createSession(id, SessionExpiry.never(), Account.EMPTY)
          instanceof WriteSessionResult.Written<Account> written)) {
        throw new AssertionError("a session could not be begun");
      }
      return new Subject(written.stored().session().handle(), id);
    }

    /** Remaps as a login does. */
    SessionId remap(Subject subject, SessionId from) {
      SessionStoreConnector<Account> connector = any();
      clock.advance(TICK);
      SessionId to = cookies.next(connector.placement(from)).id();
      subject.ids.add(to);
      SessionLookup.Live<Account> live = live(connector, from);
      assertThat(
              connector.remapSession(
                  to, from, live, live.session().withPrivilegeChange(clock.instant(), null)))
          .isInstanceOf(WriteSessionResult.Written.class);
      return to;
    }

    void write(SessionId id) {
      SessionStoreConnector<Account> connector = any();
      clock.advance(TICK);
      SessionLookup.Live<Account> live = live(connector, id);
      Account more = live.session().data().addLeft(1);
      assertThat(connector.writeSession(id, live, live.session().withData(more)))
          .isInstanceOf(WriteSessionResult.Written.class);
    }

    void end(Subject subject, SessionId id) {
      clock.advance(TICK);
      any().endSession(subject.handle, id);
    }

    /**
     * Goes on with a session as a client does that sends one request after the other, some of them
     * logins.
     *
     * @return the id that the client has afterwards
     */
    SessionId goOn(Subject subject, SessionId id) {
      SessionStoreConnector<Account> connector = any();
      clock.advance(TICK);
      try {
        if (!(connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live)) {
          return id;
        }
        if (random.nextBoolean()) {
          connector.writeSession(
              id, live, live.session().withData(live.session().data().addRight(1)));
          return id;
        }
        SessionId next = cookies.next(connector.placement(id)).id();
        subject.ids.add(next);
        return connector.remapSession(
                    next, id, live, live.session().withPrivilegeChange(clock.instant(), null))
                instanceof WriteSessionResult.Written
            ? next
            : id;
      } catch (SessionStoreUnavailableException e) {
        return id;
      }
    }

    private SessionLookup.Live<Account> live(
        SessionStoreConnector<Account> connector, SessionId id) {
      if (connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live) {
        return live;
      }
      throw new AssertionError("an id is not live where it was made");
    }
  }

  ServedSplit(SimulatedCluster cluster, RandomSessionCookieGenerator cookies, String namespace) {
    this.cluster = cluster;
    this.cookies = cookies;
    for (Node node : cluster.nodes()) {
      connectors.put(
          node,
          new InfinispanSessionStoreConnector<>(
              node.cache(), namespace, new AccountCodec(), clock, random, TOMBSTONES, events::add));
    }
  }

  private SessionStoreConnector<Account> on(Node node) {
    SessionStoreConnector<Account> connector = connectors.get(node);
    assertThat(connector).isNotNull();
    return connector;
  }

  Side everybody() {
    return new Side(cluster.nodes());
  }

  Side side(List<Node> nodes) {
    return new Side(nodes);
  }

  /** Cuts the network in two, and waits until either side is at rest with itself. */
  void split(List<Node> one, List<Node> other) {
    cluster.split(List.of(one, other));
    for (List<Node> side : List.of(one, other)) {
      cluster.notice(side);
      Awaitility.await("a side to be at rest")
          .atMost(PATIENCE)
          .pollInterval(POLL)
          .until(
              () ->
                  side.stream()
                      .allMatch(
                          node ->
                              node.cache().memberCount() == side.size()
                                  && Watches.isAtRest(node.watch())));
    }
  }

  void heal() {
    cluster.heal();
  }

  /** The ids that any node accepts. */
  Set<SessionId> accepted(Subject subject) {
    Set<SessionId> accepted = new HashSet<>();
    connectors
        .values()
        .forEach(
            connector ->
                subject.ids.forEach(
                    id -> {
                      if (connector.lookUpSession(id) instanceof SessionLookup.Live) {
                        accepted.add(id);
                      }
                    }));
    return accepted;
  }

  /** Whether all nodes accept the same ids, {@code count} of them. */
  boolean isAgreed(Subject subject, int count) {
    return accepted(subject).size() == count
        && accepted(subject).stream()
            .allMatch(
                id ->
                    connectors.values().stream()
                        .allMatch(
                            connector ->
                                connector.lookUpSession(id) instanceof SessionLookup.Live));
  }

  /** What each node says of an id. */
  Stream<SessionLookup<Account>> lookUps(SessionId id) {
    return connectors.values().stream().map(connector -> connector.lookUpSession(id));
  }

  /** How often each session was told of. */
  Map<SessionHandle, Integer> told() {
    Map<SessionHandle, Integer> told = new HashMap<>();
    new ArrayList<>(events).forEach(event -> told.merge(event.handle(), 1, Integer::sum));
    return told;
  }
}
