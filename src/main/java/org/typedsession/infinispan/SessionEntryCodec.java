package org.typedsession.infinispan;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionId;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;

/**
 * Makes live entries of sessions with data, and the other way round. Each entry that it makes has a
 * mark of its own, so that no two writes are equal.
 *
 * <p>Safe for use by many threads, if the codec is.
 *
 * @param <D> the session data
 */
final class SessionEntryCodec<D> {
  private final SessionCodec<D> codec;
  // Counted on from a random beginning: no two writes have the same, on whatever nodes, and nobody
  // waits for a strong generator, which may be the slowest step of a write.
  private final AtomicLong marks;

  /**
   * @param firstMark random: no two nodes may have a mark in common
   */
  SessionEntryCodec(SessionCodec<D> codec, long firstMark) {
    this.codec = codec;
    this.marks = new AtomicLong(firstMark);
  }

  /**
   * A live entry as it was read or written: the token of a {@link SessionLookup.Live}.
   *
   * @param text what is stored of it
   */
  record Version(StoredEntry.Live entry, String text) {
    static Version of(StoredEntry.Live entry) {
      return new Version(entry, EntryFormat.encode(entry));
    }

    @Override
    public String toString() {
      return "Version[" + text.length() + " bytes]";
    }
  }

  /** The first entry of a session. */
  Version created(SessionRecord<D> session) {
    return Version.of(
        new StoredEntry.Live(
            0, nextMark(), 0, null, codec.id(), session.withData(codec.encode(session.data()))));
  }

  /** What takes the place of {@code expected} under the same id. */
  Version changed(SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return after(expected, session, version(expected).entry.writeId(), null);
  }

  /** What continues {@code expected} under another id, unconfirmed. */
  Version successor(SessionLookup.Live<D> expected, SessionRecord<D> session, SessionId from) {
    return after(expected, session, 0, from);
  }

  /** The same by another write. */
  Version writtenAgain(Version before) {
    return Version.of(before.entry.writtenAgain(nextMark()));
  }

  /** The same without the name of its predecessor. */
  Version confirmed(Version marked) {
    return Version.of(marked.entry.confirmed(nextMark()));
  }

  /** What a request finds. */
  SessionLookup<D> decode(StoredEntry.Live live, String text) {
    try {
      if (!live.codecId().equals(codec.id())) {
        throw new SessionCodecException(
            "it was written by the codec " + live.codecId() + ", not " + codec.id(), null);
      }
      return new SessionLookup.Live<>(
          live.session().withData(codec.decode(live.session().data())), new Version(live, text));
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(live.handle(), e);
    }
  }

  // Data that nobody changed stays as it is, byte for byte: the version of the application that
  // wrote it may know more of it than this one, which only renews the session or its id.
  private Version after(
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      long replaces,
      @Nullable SessionId from) {
    StoredEntry.Live stored = version(expected).entry;
    boolean same = session.data() == expected.session().data();
    return Version.of(
        new StoredEntry.Live(
            replaces,
            nextMark(),
            stored.rotations() + (from == null ? 0 : 1),
            from,
            same ? stored.codecId() : codec.id(),
            session.withData(same ? stored.session().data() : codec.encode(session.data()))));
  }

  private long nextMark() {
    long mark = marks.incrementAndGet();
    // 0 stands for no write.
    return mark != 0 ? mark : marks.incrementAndGet();
  }

  /** The token of what was found or written. */
  static Version version(SessionLookup.Live<?> live) {
    if (live.version() instanceof Version version) {
      return version;
    }
    throw new IllegalArgumentException("that version is of another connector");
  }
}
