package org.typedsession.infinispan;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.spi.SessionId;

/**
 * The envelope around stored sessions, version 1. Big-endian throughout; times are milliseconds
 * since 1970.
 *
 * <pre>
 * every entry  version (1) kind (1) handle (16) replaces (8)
 * live         writeId (8) createdAt (8) renewedAt (8) privilegeChangedAt (8) expiry (8, MAX: never)
 *              from (1 + 67, or one 0) principal (4 + n, length -1: none) codec id (1 + n) data (rest)
 * moved        movedAt (8) successor (67)
 * ended        endedAt (8)
 * </pre>
 */
final class EntryFormat {
  private static final byte VERSION = 1;
  private static final byte LIVE = 1;
  private static final byte MOVED = 2;
  private static final byte ENDED = 3;

  private static final int HEADER = 1 + 1 + 3 * Long.BYTES;
  private static final SessionHandle NO_HANDLE = new SessionHandle(0, 0);

  private EntryFormat() {}

  @SuppressWarnings("ByteBufferBackingArray") // The buffer is allocated by header, and filled.
  static byte[] encode(StoredEntry.Live live) {
    byte[] principal = live.principal() == null ? null : utf8(live.principal());
    byte[] codecId = utf8(live.codecId());
    int length =
        HEADER
            + 5 * Long.BYTES
            + 1
            + (live.from() == null ? 0 : SessionId.LENGTH)
            + Integer.BYTES
            + (principal == null ? 0 : principal.length)
            + 1
            + codecId.length
            + live.data().length;
    ByteBuffer out = header(length, LIVE, live);
    out.putLong(live.writeId());
    out.putLong(live.createdAt().toEpochMilli());
    out.putLong(live.renewedAt().toEpochMilli());
    out.putLong(live.privilegeChangedAt().toEpochMilli());
    out.putLong(
        live.expiry() instanceof SessionExpiry.At at
            ? at.instant().toEpochMilli()
            : Long.MAX_VALUE);
    if (live.from() == null) {
      out.put((byte) 0);
    } else {
      out.put((byte) 1).put(utf8(live.from().stored()));
    }
    if (principal == null) {
      out.putInt(-1);
    } else {
      out.putInt(principal.length).put(principal);
    }
    out.put((byte) codecId.length).put(codecId);
    out.put(live.data());
    return out.array();
  }

  static byte[] encode(StoredEntry.Moved moved) {
    return header(HEADER + Long.BYTES + SessionId.LENGTH, MOVED, moved)
        .putLong(moved.movedAt().toEpochMilli())
        .put(utf8(moved.successor().stored()))
        .array();
  }

  static byte[] encode(StoredEntry.Ended ended) {
    return header(HEADER + Long.BYTES, ENDED, ended)
        .putLong(ended.endedAt().toEpochMilli())
        .array();
  }

  /**
   * The {@link StoredEntry.Live#writeId} of what {@link #encode(StoredEntry.Live)} made; 0 of a
   * tombstone, which nothing replaces.
   */
  static long writeId(byte[] bytes) {
    return decode(bytes) instanceof StoredEntry.Live live ? live.writeId() : 0;
  }

  /** Reads any bytes; what is no entry of this version is {@link StoredEntry.Unreadable}. */
  static StoredEntry decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    SessionHandle handle = NO_HANDLE;
    try {
      byte version = in.get();
      byte kind = in.get();
      handle = new SessionHandle(in.getLong(), in.getLong());
      if (version != VERSION) {
        return new StoredEntry.Unreadable(handle, "format version " + version + " is not known");
      }
      long replaces = in.getLong();
      return switch (kind) {
        case LIVE -> live(handle, replaces, in);
        case MOVED -> new StoredEntry.Moved(handle, replaces, time(in), requiredId(in));
        case ENDED -> new StoredEntry.Ended(handle, replaces, time(in));
        default -> new StoredEntry.Unreadable(handle, "entry kind " + kind + " is not known");
      };
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return new StoredEntry.Unreadable(handle, "the entry is damaged");
    }
  }

  private static StoredEntry.Live live(SessionHandle handle, long replaces, ByteBuffer in) {
    long writeId = in.getLong();
    Instant createdAt = time(in);
    Instant renewedAt = time(in);
    Instant privilegeChangedAt = time(in);
    long expiry = in.getLong();
    SessionId from = in.get() == 0 ? null : requiredId(in);
    int principalLength = in.getInt();
    String principal = principalLength < 0 ? null : text(in, principalLength);
    String codecId = text(in, in.get());
    byte[] data = bytes(in, in.remaining());
    return new StoredEntry.Live(
        handle,
        replaces,
        writeId,
        createdAt,
        renewedAt,
        privilegeChangedAt,
        expiry == Long.MAX_VALUE
            ? SessionExpiry.never()
            : SessionExpiry.at(Instant.ofEpochMilli(expiry)),
        principal,
        from,
        codecId,
        data);
  }

  private static ByteBuffer header(int length, byte kind, StoredEntry entry) {
    return ByteBuffer.allocate(length)
        .put(VERSION)
        .put(kind)
        .putLong(entry.handle().high())
        .putLong(entry.handle().low())
        .putLong(entry.replaces());
  }

  private static Instant time(ByteBuffer in) {
    return Instant.ofEpochMilli(in.getLong());
  }

  private static SessionId requiredId(ByteBuffer in) {
    return SessionId.fromStored(text(in, SessionId.LENGTH))
        .orElseThrow(() -> new IllegalArgumentException("not a session id"));
  }

  private static String text(ByteBuffer in, int length) {
    return new String(bytes(in, length), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a length of " + length);
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] utf8(@Nullable String text) {
    return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }
}
