package org.typedsession.infinispan;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.spi.WriteSessionResult.Conflict;
import org.typedsession.spi.WriteSessionResult.IdExists;
import org.typedsession.spi.WriteSessionResult.Written;

/**
 * Keeps sessions in an Infinispan cache, on one node or on many.
 *
 * <p>A remap writes two entries, the successor's and the predecessor's tombstone, in one
 * transaction where the cache has them. The successor names its predecessor until it is written
 * again, and counts as a session only while the predecessor's tombstone names it in turn; so
 * whatever half of a remap survives a crash, one id is live.
 *
 * <p>Several stores may share a cache: each has a namespace in front of its keys. Keys are strings,
 * values are bytes, so that no class of an application is needed on another node.
 *
 * @param <D> the session data
 */
public final class InfinispanSessionStoreConnector<D> implements SessionStoreConnector<D> {
  // Lets clocks of nodes differ: an entry is kept this much longer than its session lives, and a
  // tombstone once more as long, so that no successor outlives the tombstone that confirms it.
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final SessionCache cache;
  private final OperationGate gate;
  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final Settlement settlement;
  private final SegmentPlacement placement;
  private final String namespace;
  private final SessionCodec<D> codec;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final TombstonePolicy tombstones;

  /** A live entry as it was read: the token of a {@link SessionLookup.Live}. */
  private record Version(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Version that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Version[" + bytes.length + " bytes]";
    }
  }

  /**
   * For sessions of which no absolute lifetime is known.
   *
   * @param endedTombstone how long an ended id is told from an unknown one; positive
   * @see #InfinispanSessionStoreConnector(SessionCache, String, SessionCodec, InstantSource,
   *     RandomGenerator, TombstonePolicy)
   */
  public InfinispanSessionStoreConnector(
      SessionCache cache,
      String namespace,
      SessionCodec<D> codec,
      InstantSource clock,
      RandomGenerator random,
      Duration endedTombstone) {
    this(
        cache,
        namespace,
        codec,
        clock,
        random,
        new TombstonePolicy(endedTombstone, Optional.empty()));
  }

  /**
   * @param cache where to keep the sessions; stays the caller's to close
   * @param namespace what the keys of this store begin with, to keep stores that share a cache
   *     apart
   * @param codec turns data into bytes
   * @param clock tells the time
   * @param random draws handles and the marks of writes; for handles it should be strong
   * @param tombstones how long dead ids are told from unknown ones
   */
  public InfinispanSessionStoreConnector(
      SessionCache cache,
      String namespace,
      SessionCodec<D> codec,
      InstantSource clock,
      RandomGenerator random,
      TombstonePolicy tombstones) {
    this.cache = cache;
    this.gate = cache.gate();
    this.entries = cache.entries();
    this.guard = cache.guard();
    this.settlement = cache.settlement();
    this.namespace = namespace;
    this.placement = new SegmentPlacement(cache.cache(), this::key);
    this.codec = codec;
    this.clock = clock;
    this.random = random;
    this.tombstones = tombstones;
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return SessionRecord.begin(SessionHandle.random(random), now(), expiry, data);
  }

  @Override
  public Predicate<SessionId> preferredIds(@Nullable SessionId predecessor) {
    return placement.preferredIds(predecessor);
  }

  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    return gate.pass(() -> create(id, session));
  }

  private WriteSessionResult<D> create(SessionId id, SessionRecord<D> session) {
    byte[] bytes = encode(session, null, codec.id(), codec.encode(session.data()));
    Entries.Value value = new Entries.Value(bytes, lifespan(session.expiry()));
    Written<D> written = new Written<>(live(session, bytes));
    int view = guard.view();
    @Nullable RuntimeException failure = null;
    try {
      boolean created = entries.create(key(id), value);
      if (guard.holds(view)) {
        return created ? written : new IdExists<>();
      }
    } catch (TransactionalEntries.RolledBackException e) {
      if (get(id) == null) {
        throw unavailable(e);
      }
      return new IdExists<>();
    } catch (RuntimeException e) {
      failure = e;
    }
    return switch (settlement.create(key(id), value)) {
      case WRITTEN -> written;
      case OVERTAKEN -> new IdExists<>();
      case UNKNOWN -> throw unknown(failure);
    };
  }

  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return gate.pass(() -> write(id, expected, session));
  }

  private WriteSessionResult<D> write(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    if (isExpired(expected)) {
      return new Conflict<>();
    }
    Entries.Value before = value(expected);
    byte[] bytes = encodeAfter(expected, session, null);
    Entries.Value value = new Entries.Value(bytes, lifespan(session.expiry()));
    Written<D> written = new Written<>(live(session, bytes));
    int view = guard.view();
    @Nullable RuntimeException failure = null;
    try {
      // The one atomic step: whoever replaces the whole value that was read has written; everyone
      // else gets CONFLICT.
      boolean replaced = entries.replace(key(id), before.bytes(), value);
      if (guard.holds(view)) {
        return replaced ? written : new Conflict<>();
      }
    } catch (TransactionalEntries.RolledBackException e) {
      return rolledBack(id, before.bytes(), e);
    } catch (RuntimeException e) {
      failure = e;
    }
    return switch (settlement.replace(key(id), before, value)) {
      case WRITTEN -> written;
      // Somebody wrote after this write, or instead of it.
      case OVERTAKEN, UNKNOWN -> throw unknown(failure);
    };
  }

  @Override
  public WriteSessionResult<D> updateSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session) {
    return gate.pass(() -> remap(currentId, previousId, expected, session));
  }

  private WriteSessionResult<D> remap(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session) {
    if (isExpired(expected)) {
      return new Conflict<>();
    }
    Entries.Value before = value(expected);
    byte[] bytes = encodeAfter(expected, session, previousId);
    Entries.Value value = new Entries.Value(bytes, lifespan(session.expiry()));
    Entries.Value tombstone =
        new Entries.Value(
            EntryFormat.encode(new StoredEntry.Moved(session.handle(), now(), currentId)),
            longer(lifespan(tombstones.movedUntil(session)), MARGIN));
    Written<D> written = new Written<>(live(session, bytes));
    int view = guard.view();
    @Nullable RuntimeException failure = null;
    try {
      Entries.Remap remap =
          entries.remap(key(currentId), value, key(previousId), before.bytes(), tombstone);
      if (guard.holds(view)) {
        return switch (remap) {
          case WRITTEN -> written;
          case TAKEN -> new IdExists<>();
          case CHANGED -> new Conflict<>();
        };
      }
    } catch (TransactionalEntries.RolledBackException e) {
      return get(currentId) == null ? rolledBack(previousId, before.bytes(), e) : new IdExists<>();
    } catch (RuntimeException e) {
      failure = e;
    }
    return switch (settlement.remap(key(currentId), value, key(previousId), before, tombstone)) {
      case WRITTEN -> written;
      // A tombstone is never overwritten, so this remap did not take place, nor will it.
      case OVERTAKEN -> new Conflict<>();
      case UNKNOWN -> throw unknown(failure);
    };
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    return gate.pass(() -> lookUp(id));
  }

  private SessionLookup<D> lookUp(SessionId id) {
    byte[] bytes = get(id);
    if (bytes == null) {
      return new SessionLookup.Unknown<>();
    }
    StoredEntry entry = EntryFormat.decode(bytes);
    if (entry instanceof StoredEntry.Live live) {
      boolean usable = !live.expiry().isExpired(clock.instant()) && isConfirmed(id, live);
      return usable ? decode(live, bytes) : new SessionLookup.Unknown<>();
    }
    if (entry instanceof StoredEntry.Moved moved) {
      return new SessionLookup.Moved<>(moved.handle(), moved.movedAt());
    }
    if (entry instanceof StoredEntry.Unreadable unreadable) {
      return new SessionLookup.Undecodable<>(
          unreadable.handle(), new SessionCodecException(unreadable.reason(), null));
    }
    return new SessionLookup.Ended<>(entry.handle());
  }

  @Override
  public void endSession(SessionHandle handle, SessionId lastKnownId) {
    gate.pass(
        () -> {
          endWherever(handle, lastKnownId);
          return true;
        });
  }

  private void endWherever(SessionHandle handle, SessionId lastKnownId) {
    if (!end(handle, lastKnownId)) {
      // No trace of that id is left. Any entry of the session leads to its end: an entry that is
      // there throughout the search is found, and follows the session wherever it has moved since.
      visitAll(
          (id, entry) -> {
            if (entry.handle().equals(handle)) {
              end(handle, id);
            }
          });
    }
  }

  @Override
  public void clear() {
    gate.pass(
        () -> {
          visitAll((id, entry) -> end(entry.handle(), id));
          return true;
        });
  }

  /**
   * Ends a session that is or was under {@code id}, along its tombstones.
   *
   * @return false if there was no trace of it
   */
  private boolean end(SessionHandle handle, SessionId id) {
    SessionId at = id;
    while (true) {
      byte[] bytes = get(at);
      StoredEntry entry = bytes == null ? null : EntryFormat.decode(bytes);
      if (bytes == null || entry == null || !entry.handle().equals(handle)) {
        return !at.equals(id);
      }
      if (entry instanceof StoredEntry.Moved moved) {
        awaitSuccessor(moved);
        at = moved.successor();
      } else if (entry instanceof StoredEntry.Ended || replaceByEnd(at, bytes, entry)) {
        return true;
      }
    }
  }

  // A successor that is not there yet is a commit still being applied, which takes no longer than a
  // transaction may; one that is not there after that has expired.
  private void awaitSuccessor(StoredEntry.Moved moved) {
    Instant applied = moved.movedAt().plus(cache.transactionTimeout());
    guard.await(() -> get(moved.successor()) != null || !clock.instant().isBefore(applied));
  }

  private boolean replaceByEnd(SessionId id, byte[] expected, StoredEntry entry) {
    Entries.Value before = new Entries.Value(expected, lifespan(entry));
    Entries.Value ended =
        new Entries.Value(
            EntryFormat.encode(new StoredEntry.Ended(entry.handle(), now())),
            Math.max(1, tombstones.ended().toMillis()));
    int view = guard.view();
    @Nullable RuntimeException failure = null;
    try {
      // The one atomic step: from here on every write that expects the live value fails. Whoever
      // finds another value looks again.
      boolean replaced = entries.replace(key(id), expected, ended);
      if (guard.holds(view)) {
        return replaced;
      }
    } catch (TransactionalEntries.RolledBackException e) {
      return false;
    } catch (RuntimeException e) {
      failure = e;
    }
    return switch (settlement.replaceSoonerOrLater(key(id), before, ended)) {
      case WRITTEN -> true;
      case OVERTAKEN -> false;
      case UNKNOWN -> throw unknown(failure);
    };
  }

  /** Whether a successor is one: the predecessor has to say so until it is written again. */
  private boolean isConfirmed(SessionId id, StoredEntry.Live live) {
    SessionId from = live.from();
    return from == null || isMovedTo(from, id);
  }

  private boolean isMovedTo(SessionId from, SessionId to) {
    byte[] bytes = get(from);
    return bytes != null
        && EntryFormat.decode(bytes) instanceof StoredEntry.Moved moved
        && moved.successor().equals(to);
  }

  private static SessionStoreUnavailableException unknown(@Nullable RuntimeException cause) {
    return new SessionStoreUnavailableException(
        "the cluster changed or the cache failed during a write, and what became of it cannot be told",
        cause);
  }

  // A rollback is how an optimistic cache tells a conflict, and how it tells a failure.
  private WriteSessionResult<D> rolledBack(
      SessionId id, byte[] expected, TransactionalEntries.RolledBackException cause) {
    if (Arrays.equals(get(id), expected)) {
      throw unavailable(cause);
    }
    return new Conflict<>();
  }

  private byte @Nullable [] get(SessionId id) {
    byte[] bytes = read(id);
    if (guard.isCurrent()) {
      return bytes;
    }
    if (!guard.await(guard::isCurrent)) {
      throw new SessionStoreUnavailableException(
          "this node has heard from no majority of the cluster for a while", null);
    }
    byte[] again = read(id);
    if (!guard.isCurrent()) {
      throw new SessionStoreUnavailableException(
          "this node keeps losing the majority of the cluster", null);
    }
    return again;
  }

  private byte @Nullable [] read(SessionId id) {
    try {
      return entries.get(key(id));
    } catch (RuntimeException e) {
      throw unavailable(e);
    }
  }

  /** Visits the entries of this store; the cache may hold those of others. */
  private void visitAll(BiConsumer<SessionId, StoredEntry> visitor) {
    try {
      entries.forEach(
          (key, bytes) -> id(key).ifPresent(id -> visitor.accept(id, EntryFormat.decode(bytes))));
    } catch (SessionStoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw unavailable(e);
    }
  }

  private static SessionStoreUnavailableException unavailable(RuntimeException cause) {
    return new SessionStoreUnavailableException(
        "the session cache cannot answer: " + cause.getMessage(), cause);
  }

  private SessionLookup<D> decode(StoredEntry.Live live, byte[] bytes) {
    try {
      if (!live.codecId().equals(codec.id())) {
        throw new SessionCodecException(
            "it was written by the codec " + live.codecId() + ", not " + codec.id(), null);
      }
      return new SessionLookup.Live<>(
          new SessionRecord<>(
              live.handle(),
              live.createdAt(),
              live.renewedAt(),
              live.privilegeChangedAt(),
              live.expiry(),
              live.principal(),
              codec.decode(live.data())),
          new Version(bytes));
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(live.handle(), e);
    }
  }

  // Data that nobody changed stays as it is, byte for byte: the version of the application that
  // wrote it may know more of it than this one, which only renews the session or its id.
  private byte[] encodeAfter(
      SessionLookup.Live<D> expected, SessionRecord<D> session, @Nullable SessionId from) {
    return session.data() == expected.session().data()
            && EntryFormat.decode(version(expected).bytes) instanceof StoredEntry.Live stored
        ? encode(session, from, stored.codecId(), stored.data())
        : encode(session, from, codec.id(), codec.encode(session.data()));
  }

  private byte[] encode(
      SessionRecord<D> session, @Nullable SessionId from, String codecId, byte[] data) {
    return EntryFormat.encode(
        new StoredEntry.Live(
            session.handle(),
            random.nextLong(),
            session.createdAt(),
            session.renewedAt(),
            session.privilegeChangedAt(),
            session.expiry(),
            session.principal(),
            from,
            codecId,
            data));
  }

  private static <D> SessionLookup.Live<D> live(SessionRecord<D> session, byte[] bytes) {
    return new SessionLookup.Live<>(session, new Version(bytes));
  }

  private boolean isExpired(SessionLookup.Live<D> expected) {
    return expected.session().expiry().isExpired(clock.instant());
  }

  private Entries.Value value(SessionLookup.Live<D> live) {
    return new Entries.Value(version(live).bytes, lifespan(live.session().expiry()));
  }

  private static Version version(SessionLookup.Live<?> live) {
    if (live.version() instanceof Version version) {
      return version;
    }
    throw new IllegalArgumentException("that version is of another connector");
  }

  private long lifespan(StoredEntry entry) {
    return entry instanceof StoredEntry.Live live
        ? lifespan(live.expiry())
        : Math.max(1, tombstones.ended().toMillis());
  }

  private long lifespan(SessionExpiry expiry) {
    return expiry
        .remaining(clock.instant())
        .map(rest -> longer(rest.toMillis(), MARGIN))
        .orElse(-1L);
  }

  /** A lifespan and {@code margin} more; -1, which is for ever, stays. */
  private static long longer(long lifespan, Duration margin) {
    return lifespan < 0 ? lifespan : lifespan + margin.toMillis();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private String key(SessionId id) {
    return namespace + id.stored();
  }

  private Optional<SessionId> id(String key) {
    return key.startsWith(namespace)
        ? SessionId.fromStored(key.substring(namespace.length()))
        : Optional.empty();
  }
}
