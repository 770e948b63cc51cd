package org.typedsession.memory;

import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionRecord;

/**
 * One session: all of its ids lead here, and everything that happens to it is one compare-and-set
 * of its state.
 *
 * <p>An id is current if the state names its link. It is dead if the state names it as the
 * predecessor, or its link knows its death. Otherwise it is unconfirmed: reserved by a remap that
 * has not happened, or never will.
 */
final class Cell {
  /** What the session is. A state that was replaced never comes back. */
  sealed interface State {
    /** The current id, or the last one. */
    Link link();

    /** How the id before that one died; null if there was none. */
    @Nullable Death predecessor();
  }

  /** What an id has to tell. */
  sealed interface Trace {}

  /**
   * A session.
   *
   * @param rotations how often it has changed its id
   */
  record Live(Link link, @Nullable Death predecessor, SessionRecord<byte[]> session, int rotations)
      implements State, Trace {}

  record Ended(Link link, @Nullable Death predecessor, Instant at) implements State, Trace {}

  record Expired(Link link, @Nullable Death predecessor, SessionExpiry expiry) implements State {}

  /**
   * How an id died.
   *
   * @param keptUntil from when on nobody has to be told of it, by what was known when it died
   * @param handover what it keeps for the holder of its cookie value
   */
  record Death(Link link, Instant movedAt, SessionExpiry keptUntil, Handover handover)
      implements Trace {}

  /** A remap that is announced, so that whoever meets the reserved id can carry it out. */
  private record Remap(Live from, Live to) {}

  /** Leads from one id to its session. */
  static final class Link {
    final SessionId id;
    final Cell cell;
    private volatile @Nullable Remap announced;
    private volatile @Nullable Death death;

    Link(SessionId id, Cell cell) {
      this.id = id;
      this.cell = cell;
    }

    void announce(Live from, Live to) {
      announced = new Remap(from, to);
    }

    /** Carries out what was announced, if nobody has yet. */
    void carryOut() {
      Remap remap = announced;
      if (remap == null) {
        return;
      }
      // The new state will name another predecessor. The old one's link must know its death before,
      // or it would look unconfirmed for a moment.
      Death older = remap.from.predecessor;
      if (older != null) {
        older.link.death = older;
      }
      // The one atomic step: whoever replaces the state in which the old id is current gives the
      // session its successor; everyone else finds another state there and gets a conflict.
      cell.state.compareAndSet(remap.from, remap.to);
      announced = null;
    }

    @Nullable Death death(State now) {
      Death last = now.predecessor();
      return last != null && last.link == this ? last : death;
    }

    /** Whether this id is the session's, or ever was. */
    boolean isConfirmed() {
      State now = cell.state();
      return now.link() == this || death(now) != null;
    }
  }

  final SessionHandle handle;
  private final AtomicReference<State> state;

  /** A session that is live under {@code id}, as far as anybody can find it. */
  Cell(SessionId id, SessionRecord<byte[]> session) {
    this.handle = session.handle();
    this.state = new AtomicReference<>(new Live(new Link(id, this), null, session, 0));
  }

  State state() {
    // Never null; NullAway takes every AtomicReference for one that may be empty.
    return Objects.requireNonNull(state.get());
  }

  /** Whether {@code from} was the state until now, and {@code to} has replaced it. */
  boolean replace(Live from, State to) {
    return state.compareAndSet(from, to);
  }
}
