package org.typedsession.bench;

/** Which member is asked. */
enum Caller {
  /** The member that began the session, as with sticky routing. */
  STICKY("sticky"),
  /** A member that has no copy of it. */
  OTHER("without a copy"),
  /** Any member, another one each time. */
  RANDOM("random member");

  final String label;

  Caller(String label) {
    this.label = label;
  }
}
