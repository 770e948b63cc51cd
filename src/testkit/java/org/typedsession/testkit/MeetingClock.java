package org.typedsession.testkit;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A clock at which two threads meet once: neither goes on before both have asked for the time. So
 * both have seen the same before either acts on it, where the code under test looks, asks for the
 * time, and acts.
 */
public final class MeetingClock implements InstantSource {
  private static final long DEADLINE_SECONDS = 30;
  private static final int PARTIES = 2;

  private final InstantSource time;
  private final CyclicBarrier barrier = new CyclicBarrier(PARTIES);
  private final AtomicInteger expected = new AtomicInteger();

  public MeetingClock(InstantSource time) {
    this.time = time;
  }

  /** Has the next two readings wait for each other. */
  public void meet() {
    expected.set(PARTIES);
  }

  @Override
  public Instant instant() {
    if (expected.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      await();
    }
    return time.instant();
  }

  private void await() {
    try {
      barrier.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at the meeting", e);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("nobody else came to the meeting", e);
    }
  }
}
