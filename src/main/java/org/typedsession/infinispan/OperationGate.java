package org.typedsession.infinispan;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.HeldInterrupt;

/**
 * Lets the operations that are under way end before what they work on is stopped. A node that
 * leaves a cluster in the middle of its own writes may have acknowledged what nobody keeps.
 *
 * <p>Safe for use by many threads. An operation must not begin another.
 */
final class OperationGate {
  // Held for reading by each operation, and for writing from the moment when the last has ended.
  // Not a ReentrantReadWriteLock, which leaves a mark in every thread of the server.
  private final StampedLock operations = new StampedLock();
  private final Supplier<Optional<String>> refusal;
  private volatile boolean closed;

  /**
   * @param refusal why no operation may begin at present; empty if it may
   */
  OperationGate(Supplier<Optional<String>> refusal) {
    this.refusal = refusal;
  }

  /**
   * Runs an operation, on a thread that is not interrupted until it has ended.
   *
   * @throws SessionStoreUnavailableException if the gate is closed, or refuses
   */
  <T> T pass(Supplier<T> operation) {
    long stamp = closed ? 0 : operations.tryReadLock();
    if (stamp == 0) {
      throw new SessionStoreUnavailableException(
          "this node is being stopped, or the application on it", null);
    }
    // An interrupt is meant for the thread's own work, and half an operation is of no use to it.
    HeldInterrupt held = new HeldInterrupt();
    try {
      refusal
          .get()
          .ifPresent(
              reason -> {
                throw new SessionStoreUnavailableException(reason, null);
              });
      return operation.get();
    } finally {
      operations.unlockRead(stamp);
      held.close();
    }
  }

  /**
   * Refuses new operations, and waits for those that have begun. Once; later calls do nothing.
   *
   * @param patience how long to wait at most
   */
  void close(Duration patience) {
    if (closed) {
      return;
    }
    closed = true;
    // Never given back: whoever saw the gate open a moment ago finds it locked.
    if (!isLocked(patience)) {
      System.getLogger(OperationGate.class.getName())
          .log(System.Logger.Level.DEBUG, "operations on sessions go on while their cache closes");
    }
  }

  // Also on a thread that is interrupted: those who wait for their operations are not.
  private boolean isLocked(Duration patience) {
    long begin = System.nanoTime();
    try (HeldInterrupt held = new HeldInterrupt()) {
      while (true) {
        try {
          long left = patience.toNanos() - (System.nanoTime() - begin);
          return operations.tryWriteLock(left, TimeUnit.NANOSECONDS) != 0;
        } catch (InterruptedException e) {
          held.note();
        }
      }
    }
  }
}
