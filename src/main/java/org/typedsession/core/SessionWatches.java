package org.typedsession.core;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionWatch;
import org.typedsession.log.RateLimitedLog;

/**
 * Who waits for the end of which session. What this node ends is told by {@link #ended}, {@link
 * #replaced} and {@link #cleared}; for the rest, the store is asked now and then.
 *
 * <p>The actions that one end brings about run one after the other, so that a client who holds up
 * all of its own keeps one thread busy; those of different sessions do not wait for each other.
 *
 * <p>Safe for use by many threads.
 */
final class SessionWatches {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** How many watches a session may have. */
  static final int MOST_PER_SESSION = 256;

  private static final System.Logger LOGGER = System.getLogger(SessionWatches.class.getName());

  private final Predicate<SessionId> live;
  private final RateLimitedLog failures;
  // By session, so that the end of one costs nothing to those of others. Lists are replaced as a
  // whole, and never empty.
  private final ConcurrentMap<SessionHandle, List<Watch>> watches = new ConcurrentHashMap<>();
  private final ReferenceQueue<Object> lost = new ReferenceQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  // Null until the store is given some; nobody can watch before.
  private volatile @Nullable Supplier<ScheduledExecutorService> threads;

  /**
   * @param live asks the store whether an id is that of a live session
   * @param clock limits what is logged
   */
  SessionWatches(Predicate<SessionId> live, InstantSource clock) {
    this.live = live;
    this.failures = new RateLimitedLog(LOGGER, System.Logger.Level.WARNING, clock);
  }

  /**
   * Makes it possible to watch.
   *
   * @param threads where actions run and the store is asked; used when there is something to do
   */
  void runOn(Supplier<ScheduledExecutorService> threads) {
    this.threads = threads;
  }

  private ScheduledExecutorService threads() {
    Supplier<ScheduledExecutorService> given = threads;
    if (given == null) {
      throw new IllegalStateException(
          "this store has no thread to watch with; give it one by DefaultSessionStore.watchWith");
    }
    return given.get();
  }

  /**
   * @throws IllegalStateException if the session has as many watches as it may, or there is no
   *     thread to watch with
   */
  SessionWatch add(SessionHandle handle, SessionId id, Runnable action) {
    return add(new Watch(handle, id, action, null));
  }

  /**
   * @param owner kept weakly; the watch ends with it
   * @throws IllegalStateException if the session has as many watches as it may, or there is no
   *     thread to watch with
   */
  <T> SessionWatch add(SessionHandle handle, SessionId id, T owner, Consumer<? super T> action) {
    Owner<T> reference = new Owner<>(owner, lost);
    Watch watch =
        new Watch(
            handle,
            id,
            () -> {
              T present = reference.get();
              if (present != null) {
                action.accept(present);
              }
            },
            reference);
    reference.watch = watch;
    return add(watch);
  }

  private SessionWatch add(Watch watch) {
    // Refuses before the watch is kept, which nothing would end.
    threads();
    forgetLost();
    watches.compute(
        watch.handle,
        (handle, present) -> {
          List<Watch> all = present == null ? new ArrayList<>(1) : new ArrayList<>(present);
          if (all.size() >= MOST_PER_SESSION) {
            throw new IllegalStateException(
                "session %s has %s watches already; close those of connections that are gone"
                    .formatted(handle, Integer.toString(MOST_PER_SESSION)));
          }
          all.add(watch);
          return all;
        });
    // Soon for the first time: the session may have ended before it was watched.
    run(() -> check(List.of(watch)));
    schedule();
    return watch;
  }

  private void forgetLost() {
    for (Reference<?> gone = lost.poll(); gone != null; gone = lost.poll()) {
      Watch watch = ((Owner<?>) gone).watch;
      if (watch != null) {
        watch.close();
      }
    }
  }

  void ended(SessionHandle handle) {
    List<Watch> all = watches.get(handle);
    if (all != null) {
      end(all);
    }
  }

  /** An id of a session was replaced. */
  void replaced(SessionHandle handle, SessionId id) {
    List<Watch> all = watches.get(handle);
    if (all != null) {
      end(all.stream().filter(watch -> watch.id.equals(id)).toList());
    }
  }

  void cleared() {
    watches.values().forEach(this::end);
  }

  private void end(List<Watch> some) {
    if (!some.isEmpty()) {
      run(() -> some.forEach(Watch::end));
    }
  }

  /** How many there are, of all sessions. */
  int size() {
    forgetLost();
    return watches.values().stream().mapToInt(List::size).sum();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // What a store or a watch throws is caught.
  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        threads().schedule(this::checkAll, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        ignore(e);
      }
    }
  }

  private void checkAll() {
    try {
      forgetLost();
      watches.values().forEach(this::check);
    } finally {
      scheduled.set(false);
      if (!watches.isEmpty()) {
        schedule();
      }
    }
  }

  /** Asks the store, once for each id, of watches of one session. */
  private void check(List<Watch> some) {
    Map<SessionId, List<Watch>> byId = new LinkedHashMap<>();
    some.stream()
        .filter(Watch::isOpen)
        .forEach(watch -> byId.computeIfAbsent(watch.id, id -> new ArrayList<>()).add(watch));
    byId.forEach(
        (id, waiting) -> {
          if (!isLive(id)) {
            // Not here: whoever asks for all sessions does not wait for their actions.
            end(waiting);
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
      threads().execute(task);
    } catch (RejectedExecutionException e) {
      ignore(e);
    }
  }

  // The application is being stopped, which closes what it has open anyway.
  private static void ignore(RejectedExecutionException e) {
    LOGGER.log(System.Logger.Level.DEBUG, "watching has ended", e);
  }

  /** Whoever a watch is for. */
  private static final class Owner<T> extends WeakReference<T> {
    private volatile @Nullable Watch watch;

    Owner(T owner, ReferenceQueue<Object> lost) {
      super(owner, lost);
    }
  }

  private final class Watch implements SessionWatch {
    final SessionHandle handle;
    final SessionId id;
    private final Runnable action;

    // Kept with the watch, since a reference that is itself lost is told of by nobody.
    @SuppressWarnings("unused")
    private final @Nullable Owner<?> owner;

    private final AtomicBoolean open = new AtomicBoolean(true);

    Watch(SessionHandle handle, SessionId id, Runnable action, @Nullable Owner<?> owner) {
      this.handle = handle;
      this.id = id;
      this.action = action;
      this.owner = owner;
    }

    boolean isOpen() {
      return open.get();
    }

    @Override
    public void close() {
      if (open.compareAndSet(true, false)) {
        remove();
      }
    }

    private void remove() {
      watches.computeIfPresent(
          handle,
          (key, present) -> {
            List<Watch> others = present.stream().filter(watch -> watch != this).toList();
            return others.isEmpty() ? null : others;
          });
    }

    void end() {
      if (!open.compareAndSet(true, false)) {
        return;
      }
      remove();
      try {
        action.run();
      } catch (RuntimeException e) {
        failures.log(() -> Messages.watchFailed(e.toString()), e);
      }
    }
  }
}
