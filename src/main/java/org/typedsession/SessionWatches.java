package org.typedsession;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.typedsession.spi.LogLimit;
import org.typedsession.spi.Messages;
import org.typedsession.spi.SessionId;

/**
 * Who waits for the end of which session. What this node ends is told by {@link #ended}, {@link
 * #replaced} and {@link #cleared}; for the rest, the store is asked now and then.
 *
 * <p>Safe for use by many threads.
 */
final class SessionWatches {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final System.Logger LOGGER = System.getLogger(SessionWatches.class.getName());

  private final Supplier<ScheduledExecutorService> threads;
  private final Predicate<SessionId> live;
  private final LogLimit failures;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /**
   * @param threads where actions run and the store is asked; used when there is something to do
   * @param live asks the store whether an id is that of a live session
   */
  SessionWatches(
      Supplier<ScheduledExecutorService> threads, Predicate<SessionId> live, LogLimit failures) {
    this.threads = threads;
    this.live = live;
    this.failures = failures;
  }

  SessionWatch add(SessionHandle handle, SessionId id, Runnable action) {
    Watch watch = new Watch(handle, id, action);
    watches.add(watch);
    // Soon for the first time: the session may have ended before it was watched.
    run(() -> check(List.of(watch)));
    schedule();
    return watch;
  }

  void ended(SessionHandle handle) {
    end(watch -> watch.handle.equals(handle));
  }

  void replaced(SessionId id) {
    end(watch -> watch.id.equals(id));
  }

  void cleared() {
    end(watch -> true);
  }

  private void end(Predicate<Watch> which) {
    if (watches.isEmpty()) {
      return;
    }
    for (Watch watch : watches) {
      if (which.test(watch)) {
        run(watch::end);
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // What a store or a watch throws is caught.
  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        ScheduledExecutorService executor = threads.get();
        executor.schedule(this::checkAll, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        ignore(e);
      }
    }
  }

  private void checkAll() {
    try {
      check(List.copyOf(watches));
    } finally {
      scheduled.set(false);
      if (!watches.isEmpty()) {
        schedule();
      }
    }
  }

  /** Asks the store, once for each id. */
  private void check(List<Watch> some) {
    Map<SessionId, List<Watch>> byId = new LinkedHashMap<>();
    some.stream()
        .filter(watches::contains)
        .forEach(watch -> byId.computeIfAbsent(watch.id, id -> new ArrayList<>()).add(watch));
    byId.forEach(
        (id, waiting) -> {
          if (!isLive(id)) {
            waiting.forEach(Watch::end);
          }
        });
  }

  // While the store cannot answer, nobody can tell, and nobody is cut off.
  private boolean isLive(SessionId id) {
    try {
      return live.test(id);
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "cannot tell whether a watched session lives", e);
      return true;
    }
  }

  private void run(Runnable task) {
    try {
      threads.get().execute(task);
    } catch (RejectedExecutionException e) {
      ignore(e);
    }
  }

  // The application is being stopped, which closes what it has open anyway.
  private static void ignore(RejectedExecutionException e) {
    LOGGER.log(System.Logger.Level.DEBUG, "watching has ended", e);
  }

  private final class Watch implements SessionWatch {
    final SessionHandle handle;
    final SessionId id;
    private final Runnable action;

    Watch(SessionHandle handle, SessionId id, Runnable action) {
      this.handle = handle;
      this.id = id;
      this.action = action;
    }

    @Override
    public void close() {
      watches.remove(this);
    }

    void end() {
      if (!watches.remove(this)) {
        return;
      }
      try {
        action.run();
      } catch (RuntimeException e) {
        long count = failures.count();
        if (count > 0) {
          LOGGER.log(System.Logger.Level.WARNING, Messages.watchFailed(e.toString(), count), e);
        } else {
          LOGGER.log(System.Logger.Level.DEBUG, "the end of a session could not be told", e);
        }
      }
    }
  }
}
