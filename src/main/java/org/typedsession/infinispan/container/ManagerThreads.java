package org.typedsession.infinispan.container;

import io.reactivex.rxjava3.schedulers.Schedulers;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.factories.threads.BlockingThreadFactory;
import org.infinispan.factories.threads.DefaultThreadFactory;
import org.infinispan.factories.threads.NonBlockingThreadFactory;

/**
 * What a cache manager of the application's own would leave in the JVM when it has stopped. Either
 * refers to the class loader of the application, so that every undeployment would leave that behind
 * with all of its classes:
 *
 * <ul>
 *   <li>the thread groups of Infinispan, which the groups above them hold until they are destroyed
 *       (before Java 19);
 *   <li>a thread of RxJava, which starts with its class of schedulers.
 * </ul>
 *
 * <p>Safe for use by many threads.
 */
final class ManagerThreads {
  private static final int FIRST_WITH_WEAK_GROUPS = 19;
  private static final String SCHEDULERS = "io.reactivex.rxjava3.schedulers.Schedulers";

  // Static, because the schedulers are static as well.
  private static int users;

  private final DefaultThreadFactory blocking =
      new BlockingThreadFactory(
          "typed-session-blocking",
          "typed-session-blocking",
          Thread.NORM_PRIORITY,
          DefaultThreadFactory.DEFAULT_PATTERN,
          null,
          "blocking");
  private final DefaultThreadFactory nonBlocking =
      new NonBlockingThreadFactory(
          "typed-session-non-blocking",
          "typed-session-non-blocking",
          Thread.NORM_PRIORITY,
          DefaultThreadFactory.DEFAULT_PATTERN,
          null,
          "non-blocking");

  private ManagerThreads(GlobalConfigurationBuilder manager) {
    manager.blockingThreadPool().threadFactory(blocking);
    manager.nonBlockingThreadPool().threadFactory(nonBlocking);
  }

  /**
   * Provides the threads of a cache manager that has not started.
   *
   * @param manager gets groups of its own: those that all managers share, could not be destroyed
   */
  static ManagerThreads of(GlobalConfigurationBuilder manager) {
    ManagerThreads threads = new ManagerThreads(manager);
    synchronized (ManagerThreads.class) {
      if (users++ == 0 && ownsSchedulers()) {
        // Does nothing unless an earlier manager was the last.
        Schedulers.start();
      }
    }
    return threads;
  }

  /** To be called once, when the manager has stopped or could not be started. */
  void end() {
    destroyWhenEmpty(blocking.threadGroup());
    destroyWhenEmpty(nonBlocking.threadGroup());
    synchronized (ManagerThreads.class) {
      if (--users == 0 && ownsSchedulers()) {
        Schedulers.shutdown();
      }
    }
  }

  @SuppressWarnings("removal") // Needed where it does something, and not called elsewhere.
  private static void destroyWhenEmpty(ThreadGroup group) {
    if (Runtime.version().feature() >= FIRST_WITH_WEAK_GROUPS) {
      return;
    }
    // Threads that are about to end take the group with them.
    group.setDaemon(true);
    try {
      group.destroy();
    } catch (IllegalThreadStateException e) {
      // There are such threads, or there were a moment ago.
    }
  }

  /** Whether RxJava came with this library; one that the server has goes on. */
  private static boolean ownsSchedulers() {
    ClassLoader ours = ManagerThreads.class.getClassLoader();
    try {
      return Class.forName(SCHEDULERS, false, ours).getClassLoader() == ours;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
