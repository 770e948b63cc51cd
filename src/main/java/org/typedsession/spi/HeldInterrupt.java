package org.typedsession.spi;

/**
 * Holds back the interrupt of the current thread while an operation on a session runs: whoever
 * interrupts means the thread's own work, and half an operation is of no use to anybody. The thread
 * is interrupted again when this is closed. Not meant for applications.
 *
 * <p>To be used by the thread that made it, in a try-with-resources statement.
 */
public final class HeldInterrupt implements AutoCloseable {
  private boolean interrupted = Thread.interrupted();

  /**
   * Takes an interrupt that has come since, so that the next wait is one.
   *
   * @return whether one has
   */
  public boolean take() {
    boolean again = Thread.interrupted();
    interrupted |= again;
    return again;
  }

  /** Notes an interrupt that somebody else has taken, who threw an exception for it. */
  public void note() {
    interrupted = true;
  }

  @Override
  public void close() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
