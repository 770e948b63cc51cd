package org.typedsession.json;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Takes what is written of one value, and what of it has never been read back so far. */
final class Output extends ByteArrayOutputStream {
  private final List<Runnable> unproved = new ArrayList<>(0);

  /**
   * @param proved to be run when what is written has been read back
   */
  void note(Runnable proved) {
    unproved.add(proved);
  }

  boolean isProved() {
    return unproved.isEmpty();
  }

  void proved() {
    unproved.forEach(Runnable::run);
  }
}
