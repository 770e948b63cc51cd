package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A place where one thread stops until another lets it go on, so that a test decides who is first.
 * Fails instead of hanging.
 */
public final class Barrier {
  private static final long DEADLINE_SECONDS = 30;

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** Stops here until the barrier is open. */
  public void pass() {
    arrived.countDown();
    await(opened, "opened the barrier");
  }

  /** Waits until a thread has come to the barrier. */
  public void awaitArrival() {
    await(arrived, "came to the barrier");
  }

  public void open() {
    opened.countDown();
  }

  private static void await(CountDownLatch latch, String what) {
    try {
      assertThat(latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS))
          .as("somebody %s within %d s", what, DEADLINE_SECONDS)
          .isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at a barrier", e);
    }
  }
}
