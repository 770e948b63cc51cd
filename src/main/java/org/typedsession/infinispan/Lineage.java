package org.typedsession.infinispan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;

/**
 * The way from an id that a session had to the one that it has, along its tombstones.
 *
 * <p>Every id ever replaced leads to the present one, so an old one is many steps away, and it
 * costs a client nothing to present it again. So every {@link #NOTED} rotations the id of that
 * moment is noted under the handle; whoever has taken a few steps goes on from there. A note may be
 * lost, or be older than where this walk has got to. Then the way is longer, and the walk leaves
 * notes of its own; it is never another way, since all ids of a session lead to the same end.
 *
 * <p>One walk is for one thread.
 */
final class Lineage {
  /** Every how many rotations the id is noted. */
  static final int NOTED = 16;

  // Most old ids that arrive were replaced once or twice, and cost no look at the note.
  private static final int STEPS_TO_NOTE = 2;
  private static final int STEPS_TO_NEXT_NOTE = 4 * NOTED;
  // What one request may cost where notes were lost. The next one goes on from this one's note.
  private static final int MOST_STEPS = 1_000;

  private final StoredSessions sessions;
  private final SessionHandle handle;
  private final Map<SessionId, String> recentTombstones = new LinkedHashMap<>();
  private SessionId at;
  private int steps;
  private int refusals;
  private @Nullable SessionId lastNote;

  /** What is stored under an id of the session, and is no tombstone that leads on. */
  record Place(SessionId id, String text, StoredEntry entry) {
    /** Without the text, which has a session's data. */
    @Override
    public String toString() {
      return "Place[%s, %s]".formatted(id, entry);
    }
  }

  /**
   * @param from an id that the session has or had
   */
  Lineage(StoredSessions sessions, SessionHandle handle, SessionId from) {
    this.sessions = sessions;
    this.handle = handle;
    this.at = from;
  }

  /**
   * Goes on from where the last call got to.
   *
   * @return null if nothing of the session is stored there
   * @throws SessionStoreUnavailableException if the store cannot answer, or the way is too long for
   *     one request; nothing was concluded
   */
  @Nullable Place follow() {
    return follow(sessions.get(at));
  }

  /**
   * As {@link #follow}, by what the primary owner has where the last call got to: it has refused a
   * write that expected what that call gave. The copy of this node may be behind it for long.
   */
  @Nullable Place followRefused() {
    refusals++;
    if (refusals > MOST_STEPS) {
      throw new SessionStoreUnavailableException(
          "session %s was changed by others too often to be ended".formatted(handle), null);
    }
    return follow(sessions.getFromPrimary(at));
  }

  private @Nullable Place follow(@Nullable String there) {
    @Nullable String text = there;
    while (true) {
      StoredEntry entry = text == null ? null : EntryFormat.decode(text);
      if (text == null || entry == null || !entry.handle().equals(handle)) {
        return null;
      }
      if (!(entry instanceof StoredEntry.Moved moved)) {
        if (entry instanceof StoredEntry.Ended ended && sessions.isRecent(ended.endedAt())) {
          recentTombstones.put(at, text);
        }
        return new Place(at, text, entry);
      }
      text = step(moved, text);
    }
  }

  /** Whether a tombstone was followed. */
  boolean hasMoved() {
    return steps > 0;
  }

  /**
   * The tombstones that were met and are so recent that a fault may have kept them from some of
   * their owners, with what they hold.
   */
  Map<SessionId, String> recentTombstones() {
    return recentTombstones;
  }

  /**
   * Looks whether what was reached is what its predecessor leads to, whose tombstone then counts
   * among those that were met. A tombstone that only its primary owner had, and that is gone with
   * it, leads to what never was the session, while another remap of the predecessor has succeeded.
   *
   * @return the predecessor, if that is live or leads elsewhere: there the session is; null if not
   */
  @Nullable SessionId lookBack(Place place) {
    SessionId from = place.entry() instanceof StoredEntry.Live live ? live.from() : null;
    @Nullable String text = from == null ? null : sessions.get(from);
    if (from == null || text == null) {
      return null;
    }
    StoredEntry before = EntryFormat.decode(text);
    if (before instanceof StoredEntry.Moved moved && moved.successor().equals(place.id())) {
      if (sessions.isRecent(moved.movedAt())) {
        recentTombstones.put(from, text);
      }
      return null;
    }
    return before instanceof StoredEntry.Moved || before instanceof StoredEntry.Live ? from : null;
  }

  private @Nullable String step(StoredEntry.Moved moved, String tombstone) {
    if (sessions.isRecent(moved.movedAt())) {
      recentTombstones.put(at, tombstone);
    }
    steps++;
    if (steps > MOST_STEPS) {
      sessions.noteLatest(handle, at);
      throw new SessionStoreUnavailableException(
          "session %s has changed its id too often to be found at once".formatted(handle), null);
    }
    if (steps % STEPS_TO_NEXT_NOTE == 0) {
      sessions.noteLatest(handle, at);
    } else if (steps % STEPS_TO_NEXT_NOTE == STEPS_TO_NOTE) {
      String text = jump();
      if (text != null) {
        return text;
      }
    }
    at = moved.successor();
    String text = sessions.get(at);
    if (text == null) {
      sessions.awaitSuccessor(moved);
      text = sessions.get(at);
      if (text == null && Thread.currentThread().isInterrupted()) {
        // Nobody has waited, in a transactional cache.
        throw new SessionStoreUnavailableException(
            "the thread was interrupted before the session was found", null);
      }
    }
    return text;
  }

  /** Goes on from what was noted, even if it should be older: then the end is near. */
  private @Nullable String jump() {
    SessionId noted = sessions.latestNoted(handle).orElse(null);
    if (noted == null || Objects.equals(noted, lastNote)) {
      // A walk must not go round.
      return null;
    }
    lastNote = noted;
    String text = sessions.get(noted);
    if (text == null || !EntryFormat.decode(text).handle().equals(handle)) {
      return null;
    }
    at = noted;
    return text;
  }
}
