package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.DistributionInfo;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.Members.Mode;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Wire;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.StringCodec;

/**
 * Counts what nodes send each other for an operation: requests and replies, without what JGroups
 * adds for itself. The same on every machine.
 */
final class MessageMeter implements AutoCloseable {
  // How long what a login seals is.
  private static final int HANDOVER = 97;
  private static final String NAMESPACE = "m";
  private static final long LIFESPAN = TimeUnit.HOURS.toMillis(1);
  // One question of the lease at the start, and none while messages are counted.
  private static final MembershipLease.Timing ONCE =
      new MembershipLease.Timing(Duration.ofHours(2), Duration.ofHours(1));

  /** What is done to a session; the last two to an entry of the same key without this library. */
  enum Operation {
    CREATE,
    READ,
    /** Of an id that was just remapped, by what the member has of it. */
    READ_REMAPPED,
    UPDATE,
    /** Whose dead id keeps nothing. */
    REMAP,
    /** A remap whose dead id keeps what a login seals for the same one sent twice. */
    LOGIN,
    END,
    /** Of the entry that lists the sessions of a principal. */
    LOOK_UP_PRINCIPAL,
    RAW_PUT,
    RAW_REPLACE
  }

  /** What the node that is asked has of the session. */
  enum Role {
    PRIMARY,
    BACKUP,
    NO_COPY
  }

  /** Per operation, all nodes together. */
  record Cost(double messages, double bytes) {}

  private record Held(SessionId id, SessionLookup.Live<String> live, int caller) {}

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final SimulatedCluster cluster;
  private final List<SessionStoreConnector<String>> connectors;

  MessageMeter(Mode mode, int members) {
    cluster = new SimulatedCluster(mode.configuration(true), false, members, ONCE, 1);
    connectors = cluster.nodes().stream().map(node -> connector(node.cache())).toList();
  }

  private SessionStoreConnector<String> connector(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache,
        NAMESPACE,
        new StringCodec(),
        new MutableClock(),
        random,
        new TombstonePolicy(Duration.ofMinutes(15), Optional.of(Duration.ofHours(12))));
  }

  /**
   * Has {@code times} sessions begun, and counts what one operation on each of them takes.
   *
   * @param bytes the size of the data
   */
  Cost measure(Operation operation, Role role, int bytes, int times) {
    return measure(operation, role, bytes, times, 0);
  }

  /**
   * As the other one.
   *
   * @param expected how many messages an operation takes: on a busy machine they may be so late
   *     that the network seems to be quiet
   */
  Cost measure(Operation operation, Role role, int bytes, int times, int expected) {
    String data = "x".repeat(bytes);
    List<Held> all = new ArrayList<>();
    cluster.awaitQuiet();
    long messages = sum(Wire::sent);
    long sentBytes = sum(Wire::sentBytes);
    while (all.size() < times) {
      all.add(begin(operation, data, role));
    }
    if (operation != Operation.CREATE) {
      cluster.awaitQuiet();
      messages = sum(Wire::sent);
      sentBytes = sum(Wire::sentBytes);
      all.forEach(held -> perform(operation, held, data.replace('x', 'y')));
    }
    long before = messages;
    try {
      Awaitility.await().until(() -> sum(Wire::sent) - before >= (long) expected * times);
    } catch (ConditionTimeoutException e) {
      // Then they are not sent, and the count says so.
    }
    cluster.awaitQuiet();
    return new Cost(
        (double) (sum(Wire::sent) - messages) / times,
        (double) (sum(Wire::sentBytes) - sentBytes) / times);
  }

  /** Begun on the first node, so that it is the primary owner. */
  private Held begin(Operation operation, String data, Role role) {
    SessionStoreConnector<String> first = connectors.get(0);
    while (true) {
      SessionId id = cookies.next(first.placement(null)).id();
      int caller =
          member(operation == Operation.LOOK_UP_PRINCIPAL ? principalKey(id) : key(id), role);
      if (caller >= 0) {
        Held held =
            new Held(id, written(first.createSession(id, SessionExpiry.never(), data)), caller);
        return operation == Operation.READ_REMAPPED ? remapped(first, held) : held;
      }
    }
  }

  // In the same segment, so that the role is the same.
  private Held remapped(SessionStoreConnector<String> first, Held held) {
    SessionId id = cookies.next(first.placement(held.id)).id();
    return new Held(
        id,
        written(first.remapSession(id, held.id, held.live, held.live.session(), Handover.NONE)),
        held.caller);
  }

  /** Which member has that role for {@code key}; -1 if none has. */
  private int member(String key, Role role) {
    for (int i = 0; i < connectors.size(); i++) {
      DistributionInfo owners =
          cache(i)
              .getDistributionManager()
              .getCacheTopology()
              .getDistribution(cache(i).getKeyDataConversion().toStorage(key));
      Role its =
          owners.isPrimary() ? Role.PRIMARY : owners.isWriteOwner() ? Role.BACKUP : Role.NO_COPY;
      if (its == role) {
        return i;
      }
    }
    return -1;
  }

  private AdvancedCache<String, String> cache(int member) {
    return cluster.nodes().get(member).cache().cache();
  }

  // The stored id serves as a name, since it spreads as well.
  private static String principalKey(SessionId id) {
    return NAMESPACE + StoredSessions.PRINCIPAL + StoredPrincipals.hash(id.stored());
  }

  private static String key(SessionId id) {
    return NAMESPACE + id.stored();
  }

  private void perform(Operation operation, Held held, String data) {
    SessionStoreConnector<String> connector = connectors.get(held.caller);
    SessionRecord<String> changed = held.live.session().withData(data);
    switch (operation) {
      case CREATE -> throw new IllegalArgumentException("every session is created anyway");
      case READ, READ_REMAPPED ->
          require(connector.lookUpSession(held.id) instanceof SessionLookup.Live, "a live session");
      case UPDATE -> written(connector.writeSession(held.id, held.live, changed));
      case REMAP -> written(remapped(connector, held, changed, Handover.NONE));
      case LOGIN -> written(remapped(connector, held, changed, handover()));
      case END -> connector.endSession(held.live.session().handle(), held.id);
      // A name that nobody has logged in with; what it takes depends on its key only.
      case LOOK_UP_PRINCIPAL ->
          require(
              connector.lookUpPrincipal(held.id.stored()).principal().members().isEmpty(),
              "no sessions");
      case RAW_PUT -> cache(held.caller).put(key(held.id), data, LIFESPAN, TimeUnit.MILLISECONDS);
      case RAW_REPLACE -> replace(held, data);
    }
  }

  private WriteSessionResult<String> remapped(
      SessionStoreConnector<String> connector,
      Held held,
      SessionRecord<String> changed,
      Handover handover) {
    return connector.remapSession(
        cookies.next(connector.placement(held.id)).id(), held.id, held.live, changed, handover);
  }

  private Handover handover() {
    byte[] bytes = new byte[HANDOVER];
    random.nextBytes(bytes);
    return Handover.of(bytes);
  }

  // What was there is known to whoever replaces it, as to a request that has read its session.
  private void replace(Held held, String data) {
    String before = cache(0).get(key(held.id));
    require(
        cache(held.caller).replace(key(held.id), before, data, LIFESPAN, TimeUnit.MILLISECONDS),
        "a replacement");
  }

  private static SessionLookup.Live<String> written(WriteSessionResult<String> result) {
    if (result instanceof WriteSessionResult.Written<String> written) {
      return written.stored();
    }
    throw new AssertionError("expected a write, got " + result);
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected " + what);
    }
  }

  private long sum(ToLongFunction<Wire> figure) {
    return cluster.nodes().stream().map(Node::wire).mapToLong(figure).sum();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
