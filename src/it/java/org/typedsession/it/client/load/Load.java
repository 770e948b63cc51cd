package org.typedsession.it.client.load;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.typedsession.it.client.Http;
import org.typedsession.it.client.load.Recorder.Sent;
import org.typedsession.testkit.history.History;
import org.typedsession.testkit.history.HistoryChecker;

/**
 * Users at work on the example, on as many nodes as there are.
 *
 * <pre>{@code
 * try (Load load = Load.start(LoadPlan.of(nodes))) {
 *   await().until(() -> load.answers() > 2_000);
 *   load.fault("node-2 killed");
 *   …
 *   LoadResult result = load.finish(nodes, Duration.ofMinutes(1));
 *   LoadReport.write(Path.of("target", "soak"), "kill", result);
 *   result.requireFlawless();
 * }
 * }</pre>
 */
public final class Load implements AutoCloseable {
  /** How long a refused user waits before the next try. */
  static final Duration RETRY = Duration.ofMillis(100);

  private final LoadPlan plan;
  private final long start = System.nanoTime();
  private final History history = new History();
  private final Timeline timeline = new Timeline();
  private final Recorder recorder = new Recorder();
  private final ExecutorService connections = Executors.newCachedThreadPool(daemons("connection"));
  private final ScheduledExecutorService users;
  private final Http http;
  private final CountDownLatch atWork;
  private final int tabs;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  private Load(LoadPlan plan) {
    this.plan = plan;
    this.tabs = plan.browsers() + plan.secondTabs();
    this.users = Executors.newScheduledThreadPool(tabs, daemons("user"));
    this.http = new Http(plan.requestTimeout(), connections);
    this.atWork = new CountDownLatch(tabs);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Lets the users begin. */
  public static Load start(LoadPlan plan) {
    Load load = new Load(plan);
    for (int i = 0; i < plan.browsers(); i++) {
      Browser browser = new Browser(plan.nodes(), plan.routing(), i);
      for (int tab = 0; tab < (i < plan.secondTabs() ? 2 : 1); tab++) {
        String name = "user " + i + (tab == 0 ? "" : " tab " + (tab + 1));
        load.schedule(
            new SimulatedUser(load, browser, name, plan.seed() * 1_000 + i * 2L + tab),
            Duration.ZERO);
      }
    }
    return load;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a step catches what it throws
  private void schedule(SimulatedUser user, Duration pause) {
    users.schedule(() -> step(user), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void step(SimulatedUser user) {
    Optional<Duration> pause = Optional.empty();
    try {
      if (!stopped) {
        pause = Optional.of(user.act(plan.pause()));
      }
    } catch (RuntimeException | Error e) {
      failures.add(e);
    }
    pause.ifPresentOrElse(length -> schedule(user, length), atWork::countDown);
  }

  /** How long it has been running. */
  public Duration now() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  History history() {
    return history;
  }

  Recorder recorder() {
    return recorder;
  }

  /**
   * Sends a request.
   *
   * @param query what comes behind the path, with its question mark, or nothing
   */
  Reply send(Node node, Action action, String query, @Nullable HeldCookie cookie) {
    try {
      return Reply.of(
          http.send(
              action.method(),
              node.base().resolve(action.path() + query),
              cookie == null ? Http.NO_COOKIE : cookie.header()));
    } catch (IOException e) {
      return Reply.none(e);
    }
  }

  Timeline timeline() {
    return timeline;
  }

  /** How many requests have come to an end, one way or another. */
  public int answers() {
    return timeline.size();
  }

  /** How many requests have come to this end. */
  public int answers(Outcome outcome) {
    return timeline.count(outcome);
  }

  /** How many requests to one node have come to this end. */
  public int answers(Node node, Outcome outcome) {
    return timeline.count(node.name(), outcome);
  }

  /** Notes that something is done to the servers now. */
  public Timeline.Fault fault(String text) {
    Timeline.Fault fault = new Timeline.Fault(now(), text);
    timeline.add(fault);
    return fault;
  }

  /** Lets the users finish what they are doing. */
  public void stop() {
    stopped = true;
    try {
      if (!atWork.await(2 * plan.requestTimeout().toMillis() + 30_000, TimeUnit.MILLISECONDS)) {
        throw new AssertionError(atWork.getCount() + " users do not come to an end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    if (!failures.isEmpty()) {
      AssertionError failure = new AssertionError(failures.size() + " users failed");
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  /**
   * Stops, reads every id that was ever given out on each of {@code nodes}, and judges.
   *
   * @param patience for nodes that cannot answer yet. Reads that they do not answer by then are
   *     {@linkplain LoadResult#unread unread}
   */
  public LoadResult finish(List<Node> nodes, Duration patience) {
    stop();
    Duration stoppedAt = now();
    history.conclude();
    List<HeldCookie> expired = new ArrayList<>();
    List<Callable<Boolean>> left = new ArrayList<>();
    for (HeldCookie cookie : recorder.issued()) {
      if (stoppedAt.minus(cookie.session().lastAnswer()).compareTo(plan.sessionLife()) > 0) {
        expired.add(cookie);
      } else {
        nodes.forEach(node -> left.add(() -> isRead(node, cookie)));
      }
    }
    try {
      await()
          .atMost(patience)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                left.removeAll(new HashSet<>(done(left)));
                return left.isEmpty();
              });
    } catch (ConditionTimeoutException e) {
      // LoadResult.unread tells how many.
      fault("gave up reading");
    }
    return new LoadResult(
        timeline,
        new HistoryChecker().check(history),
        recorder.anomalies(),
        recorder.errors(),
        recorder.issued().size(),
        recorder.logouts(),
        left.size(),
        expired.stream().map(cookie -> cookie.session().handle()).distinct().toList());
  }

  private List<Callable<Boolean>> done(List<Callable<Boolean>> reads) {
    try {
      List<Future<Boolean>> answers = users.invokeAll(reads);
      List<Callable<Boolean>> done = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        if (answers.get(i).get()) {
          done.add(reads.get(i));
        }
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (ExecutionException e) {
      throw new AssertionError("a last read failed", e.getCause());
    }
  }

  private boolean isRead(Node node, HeldCookie cookie) {
    History.Running running = history.begin("the end", node.name());
    Reply reply = send(node, Action.LOOK, "", cookie);
    if (reply.outcome() != Outcome.SERVED) {
      running.forget();
      return false;
    }
    recorder.write(running, new Sent(node, Action.LOOK, cookie, ""), reply);
    return true;
  }

  /** Stops without a judgement, where there was none. */
  @Override
  public void close() {
    stopped = true;
    users.shutdownNow();
    connections.shutdownNow();
  }
}
