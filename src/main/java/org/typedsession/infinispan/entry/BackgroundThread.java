package org.typedsession.infinispan.entry;

/**
 * A thread of this library, whose work ends when it is interrupted. On all others an operation on a
 * session goes on whatever somebody wants of its thread.
 */
public final class BackgroundThread extends Thread {
  /** A daemon that does {@code work}. */
  public BackgroundThread(Runnable work, String name) {
    super(work, name);
    setDaemon(true);
  }

  /** Whether the current thread is one. */
  public static boolean isCurrent() {
    return Thread.currentThread() instanceof BackgroundThread;
  }
}
