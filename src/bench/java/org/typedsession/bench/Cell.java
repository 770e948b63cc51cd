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

  @Override
  public String toString() {
    return "%s, %s, %d member%s, %d thread%s, %d B"
        .formatted(
            operation.label,
            caller.label,
            members,
            members == 1 ? "" : "s",
            threads,
            threads == 1 ? "" : "s",
            bytes);
  }
}
