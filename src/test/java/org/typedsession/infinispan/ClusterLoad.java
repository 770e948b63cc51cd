package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.history.RecordedStore;

/**
 * Clients that read, write, remap and end a handful of sessions on any node, until told to stop.
 */
final class ClusterLoad implements AutoCloseable {
  private static final int CLIENTS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  // A history of refusals in a row, each within microseconds, would fill the memory.
  private static final long THINK_AFTER_REFUSAL = Duration.ofMillis(1).toNanos();
  private static final int SESSIONS = 40;

  private final RecordedStore<Account> store;
  private final RandomSessionCookieGenerator cookies;
  private final RemapTrial.Connecting connecting;
  private final List<Node> nodes = new CopyOnWriteArrayList<>();
  private final Map<String, SessionStoreConnector<Account>> connectors = new ConcurrentHashMap<>();
  private final List<AtomicReference<SessionId>> held = new ArrayList<>();
  private final AtomicLong values = new AtomicLong();
  private final LongAdder remaps = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
  private final List<CompletableFuture<Void>> clients = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * @param store records what the clients do; {@link #values} tells its data apart
   */
  ClusterLoad(
      RecordedStore<Account> store,
      RandomSessionCookieGenerator cookies,
      RemapTrial.Connecting connecting,
      List<Node> nodes) {
    this.store = store;
    this.cookies = cookies;
    this.connecting = connecting;
    this.nodes.addAll(nodes);
    for (int i = 0; i < SESSIONS; i++) {
      held.add(new AtomicReference<>());
    }
  }

  void start() {
    for (int i = 0; i < CLIENTS; i++) {
      String client = "client " + i;
      Random random = Seed.random();
      clients.add(
          CompletableFuture.runAsync(
              () -> {
                while (!stopped) {
                  step(client, random);
                }
              },
              threads));
    }
  }

  /** Clients use this node from now on. */
  void use(Node node) {
    nodes.add(node);
  }

  /** Clients turn to other nodes from now on; one may be in the middle of a request. */
  void avoid(Node node) {
    nodes.remove(node);
  }

  /**
   * Returns when {@code count} more requests were answered, so that something has happened.
   *
   * @throws java.util.concurrent.CompletionException if a client got an answer that no client may
   *     get
   */
  void await(int count) {
    long target = answered.sum() + count;
    Awaitility.await("requests to be answered")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> answered.sum() >= target || clients.stream().anyMatch(c -> c.isDone()));
    // None ends by itself before it is told to.
    clients.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
  }

  /** Returns when the clients have ended, also if what they are used for has failed. */
  @Override
  public void close() {
    stopped = true;
    threads.shutdown();
    clients.forEach(CompletableFuture::join);
  }

  long remaps() {
    return remaps.sum();
  }

  long unavailable() {
    return unavailable.sum();
  }

  private void step(String client, Random random) {
    Node node = nodes.get(random.nextInt(nodes.size()));
    AtomicReference<SessionId> session = held.get(random.nextInt(held.size()));
    try {
      use(connector(client, node), session, random);
      answered.increment();
    } catch (SessionStoreUnavailableException e) {
      unavailable.increment();
      LockSupport.parkNanos(THINK_AFTER_REFUSAL);
    }
  }

  private SessionStoreConnector<Account> connector(String client, Node node) {
    return connectors.computeIfAbsent(
        client + " on " + node,
        any -> store.connector(client, node.toString(), connecting.over(node.cache())));
  }

  private void use(
      SessionStoreConnector<Account> connector, AtomicReference<SessionId> session, Random random) {
    SessionId id = session.get();
    if (id == null || !(connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live)) {
      // Ended, moved by somebody else, or lost with an answer: a client that is told so starts
      // anew.
      begin(connector, session, id);
      return;
    }
    Account data = new Account("somebody", values.incrementAndGet(), 0);
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> remap(connector, session, live, id, data);
      case 4, 5, 6 -> connector.writeSession(id, live, live.session().withData(data));
      case 7 -> {
        if (random.nextInt(4) == 0) {
          connector.endSession(live.session().handle(), id);
          session.compareAndSet(id, null);
        }
      }
      default -> connector.lookUpSession(id);
    }
  }

  private void begin(
      SessionStoreConnector<Account> connector,
      AtomicReference<SessionId> session,
      @org.jspecify.annotations.Nullable SessionId former) {
    SessionId id = cookies.next(connector.placement(null)).id();
    if (connector.createSession(
            id, SessionExpiry.never(), new Account("nobody", values.incrementAndGet(), 0))
        instanceof WriteSessionResult.Written) {
      session.compareAndSet(former, id);
    }
  }

  private void remap(
      SessionStoreConnector<Account> connector,
      AtomicReference<SessionId> session,
      SessionLookup.Live<Account> live,
      SessionId id,
      Account data) {
    SessionId successor = cookies.next(connector.placement(id)).id();
    remaps.increment();
    if (connector.remapSession(successor, id, live, live.session().withData(data))
        instanceof WriteSessionResult.Written) {
      session.compareAndSet(id, successor);
    }
  }
}
