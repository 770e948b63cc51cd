package org.typedsession.infinispan.entry;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.spi.Handover;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionRecord;

/** What one cache entry holds; {@link EntryFormat} turns it into text. */
public sealed interface StoredEntry {
  /** The handle of no session. */
  SessionHandle NO_HANDLE = new SessionHandle(0, 0);

  /** The session that the entry belongs to. */
  SessionHandle handle();

  /**
   * The {@link Live#writeId} of the value that this one took the place of, 0 if there was none. Who
   * does not know what became of a write, and finds another value, sees by it which of the two came
   * first.
   */
  long replaces();

  /**
   * A live session.
   *
   * @param writeId a number that no other write has, so that equal values of two writes differ: a
   *     writer that reads its own bytes back knows that they are its own
   * @param rotations how often the session has changed its id
   * @param from the id that this one replaced, until the next write; such an entry is a session
   *     only while its predecessor says that it moved here
   * @param codecId which codec wrote the data
   * @param session the session, with its data as the codec wrote it
   */
  record Live(
      long replaces,
      long writeId,
      int rotations,
      @Nullable SessionId from,
      String codecId,
      SessionRecord<byte[]> session)
      implements StoredEntry {
    private static final byte[] NO_DATA = {};

    @Override
    public SessionHandle handle() {
      return session.handle();
    }

    /** The same session, as another write of it. */
    public Live writtenAgain(long newWriteId) {
      return new Live(writeId, newWriteId, rotations, from, codecId, session);
    }

    /** The same session by another write, a session whatever its predecessor says. */
    public Live confirmed(long newWriteId) {
      return new Live(writeId, newWriteId, rotations, null, codecId, session);
    }

    /** By content, that of the data as well. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Live that
          && replaces == that.replaces
          && writeId == that.writeId
          && rotations == that.rotations
          && Objects.equals(from, that.from)
          && codecId.equals(that.codecId)
          && Arrays.equals(session.data(), that.session.data())
          && session.withData(NO_DATA).equals(that.session.withData(NO_DATA));
    }

    @Override
    public int hashCode() {
      return Long.hashCode(writeId);
    }

    /** Without the data, which is nobody's business in a log. */
    @Override
    public String toString() {
      return "Live[from=" + from + ", " + session + "]";
    }
  }

  /**
   * The sessions of a principal. Belongs to no session.
   *
   * @param writeId as that of a live session
   */
  record Principal(long replaces, long writeId, PrincipalRecord principal) implements StoredEntry {
    @Override
    public SessionHandle handle() {
      return NO_HANDLE;
    }
  }

  /**
   * A tombstone: the session goes on under {@code successor}.
   *
   * @param handover what it keeps for the holder of its cookie value
   */
  record Moved(
      SessionHandle handle, long replaces, Instant movedAt, SessionId successor, Handover handover)
      implements StoredEntry {}

  /**
   * A tombstone: the session was ended.
   *
   * @param mark a random number, so that of several who end it at once each knows its own end
   */
  record Ended(SessionHandle handle, long replaces, Instant endedAt, long mark)
      implements StoredEntry {}

  /**
   * Bytes of another format, of a later version of this library for instance.
   *
   * @param handle the session as far as it could be read, otherwise all zero
   */
  record Unreadable(SessionHandle handle, String reason) implements StoredEntry {
    @Override
    public long replaces() {
      return 0;
    }
  }
}
