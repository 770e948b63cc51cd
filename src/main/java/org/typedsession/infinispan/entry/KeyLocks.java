package org.typedsession.infinispan.entry;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One lock per key in use, in this JVM.
 *
 * <p>Not what keeps sessions correct: it lets the writers of one session on this node find their
 * conflict before the commit of an optimistic cache, which logs a stack trace for each.
 */
final class KeyLocks {
  private final ConcurrentMap<String, Holders> locks = new ConcurrentHashMap<>();

  private static final class Holders {
    private final ReentrantLock lock = new ReentrantLock();
    // Changed inside of compute only.
    private int count;
  }

  <T> T holding(String key, Supplier<T> work) {
    Holders holders =
        locks.compute(
            key,
            (k, present) -> {
              Holders joined = present == null ? new Holders() : present;
              joined.count++;
              return joined;
            });
    holders.lock.lock();
    try {
      return work.get();
    } finally {
      holders.lock.unlock();
      locks.computeIfPresent(key, (k, present) -> --present.count == 0 ? null : present);
    }
  }
}
