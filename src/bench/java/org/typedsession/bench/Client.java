package org.typedsession.bench;

/** One thread's clients of one contender, who take turns. Not safe for use by several threads. */
interface Client {
  /** A new session, which is forgotten then. */
  Object create();

  /** What a request does that only reads. */
  Object read();

  /** What a request does that reads and stores a change. */
  Object update();

  /** What a request does that gives its session a new id and stores a change. */
  Object remap();

  /** A new session, stored, found again and ended. */
  Object life();

  /** A new session, which gets another id at once and is forgotten then. */
  default Object createAndRemap() {
    throw new UnsupportedOperationException("measured for typed sessions only");
  }

  /** One operation of that kind. */
  default Object run(Operation operation) {
    return switch (operation) {
      case CREATE -> create();
      case READ -> read();
      case UPDATE -> update();
      case REMAP -> remap();
      case LIFE -> life();
    };
  }
}
