package org.typedsession.cdi;

import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.ObserverMethod;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionEvent;
import org.typedsession.log.RateLimitedLog;

/**
 * Tells the application's observers, on a thread of its own and one event after the other: no
 * request waits for them, and none ends by what they throw. Asynchronous observers are told by the
 * container's threads where the container finds them; the next event waits for them too.
 *
 * <p>Safe for use by many threads.
 */
final class SessionEvents implements Consumer<SessionEvent>, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(SessionEvents.class.getName());
  private static final int MOST_WAITING = 1_000;
  private static final long IDLE_SECONDS = 10;

  private final BeanManager beans;
  private final List<ObserverMethod<? extends SessionEvent>> observers;
  // By the class of an event. What observes it does not change while an application is there.
  private final Map<Class<?>, Audience> audiences = new ConcurrentHashMap<>();
  private final RateLimitedLog failures = warnings();
  private final RateLimitedLog dropped = warnings();
  // Back-ends tell events on threads that know nothing of the application.
  private final @Nullable ClassLoader application = Thread.currentThread().getContextClassLoader();
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MOST_WAITING),
          this::thread,
          (task, full) -> drop(full));

  /**
   * @param observers of session events, whether {@code beans} sees them or not
   */
  SessionEvents(BeanManager beans, List<ObserverMethod<? extends SessionEvent>> observers) {
    this.beans = beans;
    this.observers = observers;
    executor.allowCoreThreadTimeOut(true);
  }

  private static RateLimitedLog warnings() {
    return new RateLimitedLog(LOGGER, System.Logger.Level.WARNING, InstantSource.system());
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "typed-session-events");
    thread.setDaemon(true);
    thread.setContextClassLoader(application);
    return thread;
  }

  private void drop(ThreadPoolExecutor full) {
    if (!full.isShutdown()) {
      dropped.log(Messages::eventsDropped);
    }
  }

  /**
   * Those who are told of the events of one class.
   *
   * @param found whether the container finds any
   * @param async whether it finds asynchronous ones
   * @param others those whom it does not find
   */
  private record Audience(
      boolean found, boolean async, List<ObserverMethod<? extends SessionEvent>> others) {
    boolean isEmpty() {
      return !found && others.isEmpty();
    }
  }

  @Override
  public void accept(SessionEvent event) {
    Audience known = audiences.get(event.getClass());
    // Most applications observe few events or none, and a request should not wake a thread for
    // that.
    if (known == null || !known.isEmpty()) {
      executor.execute(() -> tell(event));
    }
  }

  private void tell(SessionEvent event) {
    Audience audience = audience(event);
    if (audience.found) {
      attempt(event, () -> beans.getEvent().fire(event));
    }
    if (audience.async) {
      attempt(event, () -> await(beans.getEvent().fireAsync(event)));
    }
    for (ObserverMethod<? extends SessionEvent> observer : audience.others) {
      attempt(event, () -> tell(observer, event));
    }
  }

  private Audience audience(SessionEvent event) {
    Audience known = audiences.get(event.getClass());
    if (known != null) {
      return known;
    }
    try {
      Audience found = find(event);
      audiences.put(event.getClass(), found);
      return found;
    } catch (RuntimeException e) {
      logFailure(event, e);
      // Whom the container finds by itself is told; the next event looks again.
      return new Audience(true, true, List.of());
    }
  }

  private Audience find(SessionEvent event) {
    Set<ObserverMethod<? super SessionEvent>> found = beans.resolveObserverMethods(event);
    return new Audience(
        !found.isEmpty(),
        found.stream().anyMatch(ObserverMethod::isAsync),
        observers.stream()
            .filter(observer -> ((Class<?>) observer.getObservedType()).isInstance(event))
            .filter(observer -> !found.contains(observer))
            .toList());
  }

  // Here and not in the container's threads, whose number of waiting tasks nobody bounds.
  private static void await(CompletionStage<SessionEvent> telling) {
    try {
      telling.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an asynchronous observer failed", e.getCause());
    }
  }

  @SuppressWarnings("unchecked") // the event is of the class that is observed
  private void tell(ObserverMethod<? extends SessionEvent> observer, SessionEvent event) {
    if (!observer.isAsync()) {
      ((ObserverMethod<SessionEvent>) observer).notify(event);
      return;
    }
    // CDI promises asynchronous observers a request context.
    Instance<RequestContextController> controllers =
        beans.createInstance().select(RequestContextController.class);
    RequestContextController requests = controllers.get();
    boolean begun = requests.activate();
    try {
      ((ObserverMethod<SessionEvent>) observer).notify(event);
    } finally {
      if (begun) {
        requests.deactivate();
      }
      controllers.destroy(requests);
    }
  }

  private void attempt(SessionEvent event, Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      // Clients can bring about events.
      logFailure(event, e);
    }
  }

  private void logFailure(SessionEvent event, RuntimeException failure) {
    failures.log(
        () -> Messages.observerFailed(event.getClass().getSimpleName(), event.handle()), failure);
  }

  /** Tells nothing any more: the observers are about to go. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
