package org.typedsession.infinispan.entry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.spi.Handover;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionRecord;

/**
 * The envelope around stored sessions, version 3: bytes as text of the same length, which is how
 * they are put into a cache. A conditional write compares what is stored with what was read,
 * possibly on another node. The containers of WildFly wrap keys and values, and take two wrappers
 * for different when the hash codes of their contents differ. The hash code of an array is that of
 * the object, so that with arrays only the node that wrote an entry could replace it; that of a
 * string is the same everywhere.
 *
 * <p>Big-endian throughout, but for rotations, in groups of seven bits, the lowest first, each with
 * a bit that says whether more follow; times are milliseconds since 1970.
 *
 * <pre>
 * every entry  version (1) kind (1) handle (16) replaces (8)
 * live         writeId (8) rotations (1 to 5) createdAt (8) renewedAt (8) privilegeChangedAt (8)
 *              authenticatedAt (8, MIN: never) expiry (8, MAX: never) admission (8)
 *              from (1 + 67, or one 0) label, principal (each 4 + n, length -1: none)
 *              codec id (1 + n) data (rest)
 * live, renewed by an application's wish: the same, with
 *              timeToLive (8, 0: not renewed) renewBelow (8)
 *              in front of from
 * moved        movedAt (8) successor (67) handover (rest)
 * ended        endedAt (8) mark (8)
 * principal    writeId (8) lastAdmission (8) endedThrough (8) unlistedThrough (8) keptUntil (8, MAX)
 *              and for each member (rest)
 *              admission (8) handle (16) id (67) admittedAt (8) until (8, MAX: never)
 * </pre>
 */
public final class EntryFormat {
  private static final byte VERSION = 3;
  private static final byte LIVE = 1;
  private static final byte MOVED = 2;
  private static final byte ENDED = 3;
  private static final byte PRINCIPAL = 4;
  // A kind of its own, so that entries without are as they always were.
  private static final byte LIVE_BY_WISH = 5;

  private static final int HEADER = 1 + 1 + 3 * Long.BYTES;
  private static final int MEMBER = 5 * Long.BYTES + SessionId.LENGTH;

  private EntryFormat() {}

  /** What is stored of a session. */
  public static String encode(StoredEntry.Live live) {
    SessionRecord<byte[]> session = live.session();
    byte @Nullable [] label = utf8OrNull(session.label());
    byte @Nullable [] principal = utf8OrNull(session.principal());
    byte[] codecId = utf8(live.codecId());
    int length =
        HEADER
            + 7 * Long.BYTES
            + (session.renewal() == null ? 0 : 2 * Long.BYTES)
            + lengthOfGroups(live.rotations())
            + 1
            + (live.from() == null ? 0 : SessionId.LENGTH)
            + 2 * Integer.BYTES
            + (label == null ? 0 : label.length)
            + (principal == null ? 0 : principal.length)
            + 1
            + codecId.length
            + session.data().length;
    ByteBuffer out = header(length, session.renewal() == null ? LIVE : LIVE_BY_WISH, live);
    out.putLong(live.writeId());
    putGroups(out, live.rotations());
    out.putLong(session.createdAt().toEpochMilli());
    out.putLong(session.renewedAt().toEpochMilli());
    out.putLong(session.privilegeChangedAt().toEpochMilli());
    Instant authenticatedAt = session.authenticatedAt();
    out.putLong(authenticatedAt == null ? Long.MIN_VALUE : authenticatedAt.toEpochMilli());
    out.putLong(millis(session.expiry()));
    out.putLong(session.admission());
    if (session.renewal() != null) {
      put(out, session.renewal());
    }
    if (live.from() == null) {
      out.put((byte) 0);
    } else {
      out.put((byte) 1).put(utf8(live.from().stored()));
    }
    put(out, label);
    put(out, principal);
    out.put((byte) codecId.length).put(codecId);
    out.put(session.data());
    return text(out);
  }

  private static void put(ByteBuffer out, SessionRenewalStrategy renewal) {
    if (renewal instanceof SessionRenewalStrategy.Automatic automatic) {
      out.putLong(automatic.timeToLive().toMillis()).putLong(automatic.renewBelow().toMillis());
    } else {
      out.putLong(0).putLong(0);
    }
  }

  private static SessionRenewalStrategy renewal(EntryReader in) {
    long timeToLive = in.readLong();
    long renewBelow = in.readLong();
    return timeToLive == 0
        ? SessionRenewalStrategy.Ignore.INSTANCE
        : new SessionRenewalStrategy.Automatic(
            Duration.ofMillis(timeToLive), Duration.ofMillis(renewBelow));
  }

  private static long millis(SessionExpiry expiry) {
    return expiry instanceof SessionExpiry.At at ? at.instant().toEpochMilli() : Long.MAX_VALUE;
  }

  private static void put(ByteBuffer out, byte @Nullable [] text) {
    if (text == null) {
      out.putInt(-1);
    } else {
      out.putInt(text.length).put(text);
    }
  }

  /** What is stored of a principal. */
  public static String encode(StoredEntry.Principal entry) {
    PrincipalRecord principal = entry.principal();
    int length = HEADER + 5 * Long.BYTES + principal.members().size() * MEMBER;
    ByteBuffer out =
        header(length, PRINCIPAL, entry)
            .putLong(entry.writeId())
            .putLong(principal.lastAdmission())
            .putLong(principal.endedThrough())
            .putLong(principal.unlistedThrough())
            .putLong(millis(principal.keptUntil()));
    for (PrincipalRecord.Member member : principal.members()) {
      out.putLong(member.admission())
          .putLong(member.handle().high())
          .putLong(member.handle().low())
          .put(utf8(member.id().stored()))
          .putLong(member.admittedAt().toEpochMilli())
          .putLong(millis(member.until()));
    }
    return text(out);
  }

  /** What is stored of an id that leads to another. */
  public static String encode(StoredEntry.Moved moved) {
    byte[] handover = moved.handover().bytes();
    return text(
        header(HEADER + Long.BYTES + SessionId.LENGTH + handover.length, MOVED, moved)
            .putLong(moved.movedAt().toEpochMilli())
            .put(utf8(moved.successor().stored()))
            .put(handover));
  }

  /** What is stored of an id that leads nowhere. */
  public static String encode(StoredEntry.Ended ended) {
    return text(
        header(HEADER + 2 * Long.BYTES, ENDED, ended)
            .putLong(ended.endedAt().toEpochMilli())
            .putLong(ended.mark()));
  }

  /**
   * The {@link StoredEntry.Live#writeId} of a live session, or that of a principal; 0 of a
   * tombstone, which nothing replaces.
   */
  public static long writeId(String text) {
    return text.length() >= HEADER + Long.BYTES && (isLive(text) || isKind(PRINCIPAL, text))
        ? EntryReader.longAt(text, HEADER)
        : 0;
  }

  /** Whether it is a live session, by a look at the envelope alone. */
  public static boolean isLive(String text) {
    return isKind(LIVE, text) || isKind(LIVE_BY_WISH, text);
  }

  /** Whether it is a tombstone, by a look at the envelope alone. */
  public static boolean isTombstone(String text) {
    return isKind(MOVED, text) || isKind(ENDED, text);
  }

  private static boolean isKind(byte kind, String text) {
    return text.length() >= HEADER && text.charAt(0) == VERSION && text.charAt(1) == kind;
  }

  /** Reads any text; what is no entry of this version is {@link StoredEntry.Unreadable}. */
  public static StoredEntry decode(String text) {
    EntryReader in = new EntryReader(text);
    SessionHandle handle = StoredEntry.NO_HANDLE;
    try {
      byte version = in.readByte();
      byte kind = in.readByte();
      handle = new SessionHandle(in.readLong(), in.readLong());
      if (version != VERSION) {
        return new StoredEntry.Unreadable(handle, "format version " + version + " is not known");
      }
      long replaces = in.readLong();
      return switch (kind) {
        case LIVE, LIVE_BY_WISH -> live(handle, replaces, kind == LIVE_BY_WISH, in);
        case MOVED ->
            new StoredEntry.Moved(
                handle,
                replaces,
                time(in),
                requiredId(in),
                Handover.of(in.readBytes(in.remaining())));
        case ENDED -> new StoredEntry.Ended(handle, replaces, time(in), in.readLong());
        case PRINCIPAL -> principal(replaces, in);
        default -> new StoredEntry.Unreadable(handle, "entry kind " + kind + " is not known");
      };
    } catch (IllegalArgumentException e) {
      return new StoredEntry.Unreadable(handle, "the entry is damaged");
    }
  }

  private static StoredEntry.Live live(
      SessionHandle handle, long replaces, boolean byWish, EntryReader in) {
    long writeId = in.readLong();
    int rotations = groups(in);
    Instant createdAt = time(in);
    Instant renewedAt = time(in);
    Instant privilegeChangedAt = time(in);
    long authenticatedAt = in.readLong();
    SessionExpiry expiry = expiry(in);
    long admission = in.readLong();
    SessionRenewalStrategy renewal = byWish ? renewal(in) : null;
    SessionId from = in.readByte() == 0 ? null : requiredId(in);
    String label = textOrNull(in);
    String principal = textOrNull(in);
    String codecId = in.readUtf8(in.readByte());
    byte[] data = in.readBytes(in.remaining());
    return new StoredEntry.Live(
        replaces,
        writeId,
        rotations,
        from,
        codecId,
        new SessionRecord<>(
            handle,
            createdAt,
            renewedAt,
            privilegeChangedAt,
            authenticatedAt == Long.MIN_VALUE ? null : Instant.ofEpochMilli(authenticatedAt),
            expiry,
            renewal,
            label,
            principal,
            admission,
            data));
  }

  private static StoredEntry.Principal principal(long replaces, EntryReader in) {
    long writeId = in.readLong();
    long lastAdmission = in.readLong();
    long endedThrough = in.readLong();
    long unlistedThrough = in.readLong();
    SessionExpiry keptUntil = expiry(in);
    List<PrincipalRecord.Member> members = new ArrayList<>(in.remaining() / MEMBER);
    while (in.remaining() > 0) {
      members.add(
          new PrincipalRecord.Member(
              in.readLong(),
              new SessionHandle(in.readLong(), in.readLong()),
              requiredId(in),
              time(in),
              expiry(in)));
    }
    return new StoredEntry.Principal(
        replaces,
        writeId,
        new PrincipalRecord(lastAdmission, endedThrough, unlistedThrough, keptUntil, members));
  }

  private static int lengthOfGroups(int number) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(number);
    return Math.max(1, (bits + 6) / 7);
  }

  private static void putGroups(ByteBuffer out, int number) {
    int rest = number;
    while ((rest & ~0x7f) != 0) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static int groups(EntryReader in) {
    int number = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte group = in.readByte();
      number |= (group & 0x7f) << shift;
      if (group >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number of more than 32 bits");
  }

  private static SessionExpiry expiry(EntryReader in) {
    long millis = in.readLong();
    return millis == Long.MAX_VALUE
        ? SessionExpiry.never()
        : SessionExpiry.at(Instant.ofEpochMilli(millis));
  }

  private static @Nullable String textOrNull(EntryReader in) {
    int length = in.readInt();
    return length < 0 ? null : in.readUtf8(length);
  }

  private static ByteBuffer header(int length, byte kind, StoredEntry entry) {
    return ByteBuffer.allocate(length)
        .put(VERSION)
        .put(kind)
        .putLong(entry.handle().high())
        .putLong(entry.handle().low())
        .putLong(entry.replaces());
  }

  private static Instant time(EntryReader in) {
    return Instant.ofEpochMilli(in.readLong());
  }

  private static SessionId requiredId(EntryReader in) {
    return SessionId.fromStored(in.readUtf8(SessionId.LENGTH))
        .orElseThrow(() -> new IllegalArgumentException("not a session id"));
  }

  @SuppressWarnings("ByteBufferBackingArray") // The buffer is allocated by header, and filled.
  private static String text(ByteBuffer out) {
    return new String(out.array(), StandardCharsets.ISO_8859_1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] utf8OrNull(@Nullable String text) {
    return text == null ? null : utf8(text);
  }
}
