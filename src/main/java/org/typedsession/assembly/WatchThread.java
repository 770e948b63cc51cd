package org.typedsession.assembly;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which an application's watches run, begun when the first one does; several, so
 * that an action that waits for a client holds up no other. Not the server's: not every server has
 * some to lend, and these must end with the application.
 */
final class WatchThread implements Supplier<ScheduledExecutorService>, AutoCloseable {
  private static final int MOST_THREADS = 16;
  private static final long IDLE_SECONDS = 10;

  private @Nullable ScheduledExecutorService executor;

  @Override
  public synchronized ScheduledExecutorService get() {
    ScheduledExecutorService present = executor;
    if (present == null) {
      ScheduledThreadPoolExecutor begun =
          new ScheduledThreadPoolExecutor(
              MOST_THREADS,
              task -> {
                Thread thread = new Thread(task, "typed-session-watch");
                thread.setDaemon(true);
                return thread;
              });
      begun.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
      begun.allowCoreThreadTimeOut(true);
      present = begun;
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
