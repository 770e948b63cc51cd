package org.typedsession.bench;

/**
 * One comparison: all contenders do the same.
 *
 * @param bytes the size of a session's value
 */
record Cell(int members, int threads, int bytes, Operation operation, Caller caller) {
  /** Whether it is what most sessions meet: others show what size and load change about that. */
  boolean isCommon() {
    return members != 2 && threads == 4 && bytes == 200;
  }

  /** What is asked of whom, with whatever threads and size. */
  String asked() {
    return "%s, %s, %d member%s"
        .formatted(operation.label, caller.label, members, members == 1 ? "" : "s");
  }

  @Override
  public String toString() {
    return "%s, %d thread%s, %d B".formatted(asked(), threads, threads == 1 ? "" : "s", bytes);
  }
}
