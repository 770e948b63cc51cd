package org.typedsession.cdi;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which an application's watches run, begun when the first one does. Not one of the
 * server's: not every server has some to lend, and this one must end with the application.
 */
final class WatchThread implements Supplier<ScheduledExecutorService>, AutoCloseable {
  private @Nullable ScheduledExecutorService executor;

  @Override
  public synchronized ScheduledExecutorService get() {
    ScheduledExecutorService present = executor;
    if (present == null) {
      present =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "typed-session-watch");
                thread.setDaemon(true);
                return thread;
              });
      executor = present;
    }
    return present;
  }

  @Override
  public synchronized void close() {
    if (executor != null) {
      executor.shutdownNow();
    }
  }
}
