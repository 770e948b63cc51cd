package org.typedsession.it.tests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.typedsession.it.apps.ShopWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.testing.http.Answer;
import org.typedsession.testing.http.RawConnection;
import org.typedsession.testkit.Seed;

/**
 * Clients with a cookie each, that use {@link ShopWar} without a break. They go round the nodes as
 * behind a load balancer that knows no sessions, and take the next node where one refuses the
 * connection or says 503. Every client keeps book of what was acknowledged, and tells if an answer
 * does not go with it.
 */
final class ShopLoad implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  // One in so many requests is slow, and so probably in the middle of whatever is done to its node.
  private static final int SLOW_ONE_IN = 5;
  private static final int SLOW_MILLIS = 300;
  private static final int RENAME_ONE_IN = 8;
  private static final int PARTNER_ONE_IN = 40;
  private static final long LONGEST_THOUGHT = TimeUnit.MILLISECONDS.toNanos(40);

  private final List<URI> nodes;
  private final ExecutorService threads;
  private final List<Client> clients;
  private final List<Future<?>> runs = new ArrayList<>();
  private volatile NodeLifeFigures figures;
  private volatile boolean over;

  /**
   * Begins.
   *
   * @param nodes where the application is on each of them
   * @param figures where to count first
   */
  ShopLoad(List<URI> nodes, int clients, NodeLifeFigures figures) {
    this.nodes = List.copyOf(nodes);
    this.figures = figures;
    this.threads = Executors.newFixedThreadPool(clients);
    this.clients = IntStream.range(0, clients).mapToObj(Client::new).toList();
    this.clients.forEach(client -> runs.add(threads.submit(client)));
  }

  /** Counts in {@code next} from now on, and waits until every client has an answer in it. */
  void count(NodeLifeFigures next) {
    figures = next;
    flow(1);
  }

  /** Waits until every client had that many more acknowledgements. */
  void flow(int more) {
    List<Integer> before = clients.stream().map(client -> client.acknowledged).toList();
    try {
      await("the load is served")
          .atMost(PATIENCE)
          .until(
              () ->
                  runs.stream().anyMatch(Future::isDone)
                      || IntStream.range(0, clients.size())
                          .allMatch(i -> clients.get(i).acknowledged >= before.get(i) + more));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the load is not served: " + figures, e);
    }
    runs.stream().filter(Future::isDone).forEach(WebApp::join);
  }

  /** Ends the load when every client has its last answer; fails if a client failed. */
  @Override
  public void close() {
    over = true;
    threads.shutdown();
    runs.forEach(WebApp::join);
  }

  private final class Client implements Runnable {
    private final int number;
    private final Random random;
    private int turn;
    private String cookie = "";
    private String kind = "";
    private int count;
    // Changes since the last acknowledgement of which nobody said what became of them.
    private int unknownCounts;
    private boolean unknownId;
    private volatile int acknowledged;

    Client(int number) {
      this.number = number;
      this.random = new Random(31 * Seed.ofRun() + number);
      this.turn = number;
    }

    @Override
    public void run() {
      while (!over) {
        act(kind.equals("Guest") ? "log-in" : next());
        // The time in which a person looks at the page.
        LockSupport.parkNanos(random.nextLong(LONGEST_THOUGHT));
      }
    }

    private String next() {
      if (kind.isEmpty() || kind.equals("Partner")) {
        return "count";
      }
      return random.nextInt(PARTNER_ONE_IN) == 0
          ? "partner"
          : random.nextInt(RENAME_ONE_IN) == 0 ? "rename" : "count";
    }

    private void act(String act) {
      String pause = random.nextInt(SLOW_ONE_IN) == 0 ? "&pause=" + SLOW_MILLIS : "";
      NodeLifeFigures counted = figures;
      URI node = nodes.get(Math.floorMod(turn++, nodes.size()));
      Answer answer;
      try (RawConnection connection = new RawConnection(node)) {
        answer = connection.send("POST", "act?act=" + act + pause, cookie);
      } catch (ConnectException e) {
        counted.add("refused");
        return;
      } catch (IOException e) {
        counted.cut(node + "act?act=" + act + pause + ": " + e);
        unknown(act);
        return;
      }
      if (answer.isSuccess()) {
        counted.add("2xx");
        acknowledged(act, answer, counted);
      } else if (answer.status() == 409) {
        counted.add("409");
      } else if (answer.status() == 404
          || (answer.status() == 503 && answer.header("Retry-After").isEmpty())) {
        // 404 is what a server answers whose deployments have ended and that still listens.
        // The server itself: the application was not asked.
        counted.add("404 or 503 of the server");
      } else if (answer.status() == 503) {
        counted.add("503 of the store");
        unknown(act);
      } else {
        counted.other(node + "act?act=" + act + ": " + answer.status() + " " + answer.body());
        unknown(act);
      }
    }

    private void unknown(String act) {
      if (act.equals("count")) {
        unknownCounts++;
      } else {
        unknownId = true;
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the thread of this client only
    private void acknowledged(String act, Answer answer, NodeLifeFigures counted) {
      int now = answer.json().getInt("count");
      int least = count + (act.equals("count") ? 1 : 0);
      boolean isNew = cookie.isEmpty();
      boolean changedHands = !answer.setCookies().isEmpty();
      if (!isNew && now >= least && now <= least + unknownCounts) {
        counted.add("kept");
      } else if (!isNew && now <= 1 && changedHands) {
        // A session that begins anew.
        counted.add(
            kind.equals("Partner")
                ? "ended"
                : unknownId ? "lost with its answer" : "lost sessions");
      } else if (!isNew) {
        counted.wrong(
            "%s of client %d: %d, expected %d to %d"
                .formatted(act, number, now, least, least + unknownCounts));
      }
      count = now;
      kind = answer.json().getString("kind");
      cookie = changedHands ? answer.cookie() : cookie;
      unknownCounts = 0;
      unknownId = false;
      acknowledged++;
    }
  }
}
