package org.typedsession.servlet;

/**
 * One asynchronous cycle, and how many of its listeners are still to be told of its timeout: the
 * first that completes or dispatches has handled it, and only when none has is it a failure.
 *
 * <p>Listeners that were added past our wrappers are not known here; they come when it is decided.
 */
final class AsyncCycle {
  private int listeners;
  private int untold = -1;
  private boolean handled;

  synchronized void added() {
    listeners++;
  }

  /** The request was dispatched. Completing needs no note: it leaves nothing to be given up. */
  synchronized void handled() {
    handled = true;
  }

  synchronized boolean isHandled() {
    return handled;
  }

  /** To be called when a listener has been told; true if no other is left that is known. */
  synchronized boolean isTold() {
    if (untold < 0) {
      untold = listeners;
    }
    untold--;
    return untold <= 0;
  }
}
