package org.typedsession.infinispan;

/**
 * A thread of this library, whose work ends when it is interrupted. On all others an operation on a
 * session goes on whatever somebody wants of its thread.
 */
final class BackgroundThread extends Thread {
  BackgroundThread(Runnable work, String name) {
    super(work, name);
    setDaemon(true);
  }

  static boolean isCurrent() {
    return Thread.currentThread() instanceof BackgroundThread;
  }
}
