package org.typedsession.infinispan.entry;

import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.HeldInterrupt;

/**
 * Steps that an interrupt of the thread does not reach: Infinispan gives up waiting for another
 * node when the thread is interrupted, before the step or during it.
 *
 * <p>A read that an interrupt has ended is made again. Of a write it is not known whether it took
 * effect, which whoever called finds out as after any failure, and is not interrupted meanwhile. A
 * transaction, though, that an interrupt ends on the way may be undone on some nodes when the write
 * has been made again: there the thread stays interrupted, so that nobody makes it again now.
 */
final class UninterruptedEntries implements Entries {
  private final Entries target;
  private final boolean transactional;

  /**
   * @param transactional whether writes are transactions
   */
  UninterruptedEntries(Entries target, boolean transactional) {
    this.target = target;
    this.transactional = transactional;
  }

  @Override
  public @Nullable String get(String key) {
    @Nullable String[] found = {null};
    read(() -> found[0] = target.get(key));
    return found[0];
  }

  @Override
  public @Nullable Value getWithLifespan(String key) {
    @Nullable Value[] found = {null};
    read(() -> found[0] = target.getWithLifespan(key));
    return found[0];
  }

  /** {@inheritDoc} Nothing is changed by asking once more. */
  @Override
  public @Nullable String getFromPrimary(String key) {
    @Nullable String[] found = {null};
    read(() -> found[0] = target.getFromPrimary(key));
    return found[0];
  }

  @Override
  public @Nullable String createOrGet(String key, Value value) {
    @Nullable String[] present = {null};
    write(
        () -> {
          present[0] = target.createOrGet(key, value);
          return true;
        });
    return present[0];
  }

  @Override
  public boolean create(String key, Value value) {
    return write(() -> target.create(key, value));
  }

  @Override
  public boolean replace(String key, String expected, Value value) {
    return write(() -> target.replace(key, expected, value));
  }

  @Override
  public Remap remap(Remapping remapping, BooleanSupplier isRefusal) {
    return write(() -> target.remap(remapping, isRefusal));
  }

  @Override
  public void withdraw(Remapping remapping) {
    write(
        () -> {
          target.withdraw(remapping);
          return true;
        });
  }

  @Override
  public void put(String key, Value value) {
    write(
        () -> {
          target.put(key, value);
          return true;
        });
  }

  /** {@inheritDoc} One that was visited may be visited again. */
  @Override
  public void forEach(BiConsumer<String, String> visitor) {
    read(() -> target.forEach(visitor));
  }

  @Override
  public void forEachOwned(BiConsumer<String, String> visitor) {
    target.forEachOwned(visitor);
  }

  private static void read(Runnable operation) {
    if (BackgroundThread.isCurrent()) {
      operation.run();
      return;
    }
    try (HeldInterrupt held = new HeldInterrupt()) {
      while (true) {
        try {
          operation.run();
          return;
        } catch (RuntimeException e) {
          boolean taken = isInterruption(e);
          if (taken) {
            held.note();
          }
          if (!held.take() && !taken) {
            throw e;
          }
        }
      }
    }
  }

  private <T> T write(Supplier<T> operation) {
    if (BackgroundThread.isCurrent()) {
      return operation.get();
    }
    if (transactional) {
      try {
        return operation.get();
      } catch (RuntimeException e) {
        if (isInterruption(e)) {
          Thread.currentThread().interrupt();
        }
        throw e;
      }
    }
    try (HeldInterrupt held = new HeldInterrupt()) {
      try {
        return operation.get();
      } catch (RuntimeException e) {
        if (isInterruption(e)) {
          held.note();
        }
        throw e;
      }
    }
  }

  private static boolean isInterruption(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }
}
