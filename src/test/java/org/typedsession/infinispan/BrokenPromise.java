package org.typedsession.infinispan;

/** What a store must not do to a session, whatever fails. */
enum BrokenPromise {
  /** More than one id of the session is accepted. */
  FORKED("forks"),
  /** More than one write of the same value was acknowledged. */
  FORKED_ANSWERS("forked answers"),
  /** The session went on under more than one of its ids. */
  MOVED_TWICE("moved twice"),
  /** No id of the session is accepted, and no logout was asked for. */
  LOST("lost"),
  /** A write was acknowledged on which what is accepted was not built. */
  ACKNOWLEDGED_LOST("acknowledged and lost"),
  /** The session lives after a logout was acknowledged, or is written. */
  LOGOUT_UNDONE("logouts undone"),
  /** One node accepts what another does not, or shows other data. */
  DISAGREED("nodes disagree"),
  /** The owners of an entry have different copies of it. */
  COPIES_DIFFER("copies differ"),
  /** A read did not show what was acknowledged before it began. */
  STALE("stale reads"),
  /** An id that was given out was unknown. */
  UNKNOWN_ID("unknown ids"),
  /** A cluster that is whole again did not tell about a session for a long time. */
  UNANSWERED("no answer");

  private final String title;

  BrokenPromise(String title) {
    this.title = title;
  }

  /** As the figures name it. */
  String title() {
    return title;
  }
}
