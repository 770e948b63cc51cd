package org.typedsession.infinispan.container;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.entry.BackgroundThread;
import org.typedsession.spi.HeldInterrupt;
import org.typedsession.spi.SessionStoreConnector;

/**
 * A cache that is opened as soon as a majority of its cluster is there, and not before. A cache
 * that starts alone is a cluster of one, whole and empty, and where the others are degraded when it
 * meets them Infinispan prefers it: all sessions would be lost. A node that has no cache yet meets
 * them with nothing.
 *
 * <p>It is either awaited, or open, or closed, and goes through these in that order. While it is
 * awaited every operation on its connectors throws {@link SessionStoreUnavailableException}.
 *
 * <p>Safe for use by many threads.
 */
public final class AwaitedCache implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(AwaitedCache.class.getName());
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(20);

  /**
   * How long to wait for what.
   *
   * @param poll how often to look who is there
   * @param patience after which it is somebody's turn to act
   * @param pause how long to let be what could not be opened
   */
  public record Timing(Duration poll, Duration patience, Duration pause) {
    /** Fits nodes that are started one after the other. */
    public static final Timing STANDARD =
        new Timing(Duration.ofMillis(200), Duration.ofMinutes(1), Duration.ofSeconds(5));
  }

  private final StartPlan plan;
  private final Timing timing;
  private final CountDownLatch closing = new CountDownLatch(1);
  // Null where the cache was open at once.
  private @Nullable Thread waiting;
  // Guarded by this.
  private final List<Consumer<SessionCache>> whenOpen = new ArrayList<>();
  private boolean closed;
  // Written while holding the lock of this.
  private volatile @Nullable SessionCache cache;
  private volatile @Nullable Throwable failure;

  private AwaitedCache(StartPlan plan, Timing timing) {
    this.plan = plan;
    this.timing = timing;
  }

  /** One that need not be waited for; closing this closes it. */
  public static AwaitedCache of(SessionCache cache) {
    AwaitedCache opened =
        new AwaitedCache(
            new StartPlan(cache.name(), 1, () -> 1, () -> Optional.of(cache), () -> {}),
            Timing.STANDARD);
    opened.cache = cache;
    return opened;
  }

  /**
   * Opens a cache: now if a majority is there, otherwise in a thread of its own later.
   *
   * @throws RuntimeException if it cannot be opened now; then nothing is left of it, but the
   *     release is the caller's
   */
  public static AwaitedCache open(StartPlan plan, Timing timing) {
    AwaitedCache awaited = new AwaitedCache(plan, timing);
    Optional<SessionCache> now = plan.hasMajority() ? plan.opening().get() : Optional.empty();
    if (now.isPresent()) {
      awaited.cache = now.get();
      return awaited;
    }
    LOGGER.log(
        System.Logger.Level.INFO,
        Messages.waitsForNodes(plan.name(), plan.majority(), plan.clusterSize()));
    Thread waiting =
        new BackgroundThread(awaited::await, "typed-session-" + plan.name() + "-start");
    awaited.waiting = waiting;
    waiting.start();
    return awaited;
  }

  /** The name of the cache. */
  public String name() {
    return plan.name();
  }

  /** The cache, as soon as it is open. */
  public Optional<SessionCache> cache() {
    return Optional.ofNullable(cache);
  }

  /**
   * A connector over the cache: what {@code build} makes of it, or until it is open one that
   * refuses.
   *
   * @param build called once, when the cache is open, unless this is closed before
   */
  public <D> SessionStoreConnector<D> connector(
      Function<SessionCache, ? extends SessionStoreConnector<D>> build) {
    synchronized (this) {
      SessionCache open = cache;
      if (open != null) {
        return build.apply(open);
      }
      AwaitedConnector<D> later = new AwaitedConnector<>(this);
      whenOpen.add(opened -> later.open(build.apply(opened)));
      return later;
    }
  }

  /** Why nothing is served, while that is so. */
  public String refusal() {
    Throwable reason = failure;
    if (reason != null) {
      return "the cache %s cannot be started: %s".formatted(plan.name(), reason);
    }
    return "the cache %s waits for %s of %s nodes to be there, and sees %s"
        .formatted(plan.name(), plan.majority(), plan.clusterSize(), plan.present().getAsInt());
  }

  private void await() {
    long begin = System.nanoTime();
    boolean warned = false;
    Duration next = Duration.ZERO;
    try {
      while (!closing.await(next.toMillis(), TimeUnit.MILLISECONDS)) {
        next = tryToOpen();
        if (cache != null) {
          return;
        }
        if (!warned && System.nanoTime() - begin > timing.patience().toNanos()) {
          warned = true;
          LOGGER.log(
              System.Logger.Level.WARNING,
              Messages.stillWaitsForNodes(plan.name(), plan.majority(), plan.clusterSize()));
          plan.late().run();
        }
      }
    } catch (InterruptedException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "nobody waits for the cache any more", e);
    }
  }

  private Duration tryToOpen() {
    try {
      if (plan.hasMajority()) {
        plan.opening().get().ifPresent(this::opened);
        failure = null;
      }
      return timing.poll();
    } catch (RuntimeException | Error e) {
      // A manager that is being stopped throws many things, and a class that is missing ends no
      // thread unheard.
      if (closing.getCount() > 0) {
        if (failure == null) {
          LOGGER.log(
              System.Logger.Level.WARNING, Messages.startedNot(plan.name(), e.toString()), e);
        }
        failure = e;
      }
      return timing.pause();
    }
  }

  private void opened(SessionCache open) {
    synchronized (this) {
      if (!closed) {
        try {
          whenOpen.forEach(then -> then.accept(open));
        } catch (RuntimeException | Error e) {
          // It is opened anew, and so are all that wait for it.
          open.close();
          throw e;
        }
        whenOpen.clear();
        // The last step: nobody is served by what is half put together.
        cache = open;
        LOGGER.log(
            System.Logger.Level.INFO,
            Messages.nodesAreThere(plan.name(), plan.majority(), plan.clusterSize()));
        return;
      }
    }
    open.close();
  }

  /** Closes the cache, or waits for it no more. */
  @Override
  public void close() {
    SessionCache open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      whenOpen.clear();
      open = cache;
    }
    closing.countDown();
    try {
      if (open != null) {
        open.close();
      }
    } finally {
      plan.release().run();
      awaitEnd();
    }
  }

  // It may be starting the cache, which the release has ended. Its classes are the application's.
  private void awaitEnd() {
    if (waiting == null) {
      return;
    }
    try (HeldInterrupt held = new HeldInterrupt()) {
      try {
        waiting.join(LONGEST_FAREWELL.toMillis());
      } catch (InterruptedException e) {
        held.note();
      }
    }
  }
}
