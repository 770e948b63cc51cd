package org.typedsession.servlet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects that last until their request ends, the beans of a scope, and what is to be done then.
 *
 * <p>Safe for use by many threads.
 */
final class RequestObjects {
  // The one of the request's sessions, which a factory may ask for.
  private final Lock lock;
  private final RequestLog log;
  private final Map<Object, Object> objects = new HashMap<>();
  private final List<Runnable> endings = new ArrayList<>();

  RequestObjects(Lock lock, RequestLog log) {
    this.lock = lock;
    this.log = log;
  }

  @Nullable Object get(Object key) {
    lock.lock();
    try {
      return objects.get(key);
    } finally {
      lock.unlock();
    }
  }

  <T> T computeIfAbsent(Object key, Supplier<T> factory) {
    lock.lock();
    try {
      @SuppressWarnings("unchecked") // a key has one type; that is the caller's part
      T known = (T) objects.get(key);
      if (known != null) {
        return known;
      }
      T made = factory.get();
      objects.put(key, made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  void onEnd(Runnable action) {
    lock.lock();
    try {
      endings.add(action);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the objects, and does what is to be done then, last come first served. */
  void end() {
    lock.lock();
    try {
      objects.clear();
      for (int last = endings.size() - 1; last >= 0; last--) {
        run(endings.remove(last));
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(Runnable ending) {
    try {
      ending.run();
    } catch (RuntimeException e) {
      log.endingFailed(e);
    }
  }
}
