package tinystore;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.spi.Handover;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;

/**
 * The smallest back-end that keeps the contract: the whole store is one immutable value, and each
 * write replaces it by compare-and-set. So every operation is one atomic step, nobody waits, and a
 * write costs as much as the store is large: to be read, not to be used.
 *
 * @param <D> the session data
 */
public final class TinyConnector<D> implements SessionStoreConnector<D> {
  // A tombstone is kept longer than its successor, whose expiry another clock may judge.
  private static final Duration MARGIN = Duration.ofMinutes(1);
  private static final Object NOTHING = new Object();

  private final SessionCodec<D> codec;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final TombstonePolicy tombstones;
  private final AtomicReference<Store> store = new AtomicReference<>(new Store(Map.of(), Map.of()));

  /** All that is stored. */
  private record Store(Map<SessionId, Entry> ids, Map<String, PrincipalRecord> principals) {
    Store with(SessionId id, Entry entry) {
      Map<SessionId, Entry> more = new HashMap<>(ids);
      more.put(id, entry);
      return new Store(Map.copyOf(more), principals);
    }

    Store with(String name, PrincipalRecord principal) {
      Map<String, PrincipalRecord> more = new HashMap<>(principals);
      more.put(name, principal);
      return new Store(ids, Map.copyOf(more));
    }
  }

  /** What is stored under an id. */
  private sealed interface Entry {
    SessionHandle handle();
  }

  /** A session; the object itself is the token of a lookup, so no two writes have the same. */
  private static final class Live implements Entry {
    private final SessionRecord<byte[]> session;

    Live(SessionRecord<byte[]> session) {
      this.session = session;
    }

    @Override
    public SessionHandle handle() {
      return session.handle();
    }
  }

  private record Moved(
      SessionHandle handle, SessionId to, Instant at, SessionExpiry until, Handover handover)
      implements Entry {}

  private record Ended(SessionHandle handle, SessionExpiry until) implements Entry {}

  /**
   * @param codec turns data into bytes
   * @param clock tells the time
   * @param random draws handles
   * @param tombstones how long dead ids are told from unknown ones
   */
  public TinyConnector(
      SessionCodec<D> codec,
      InstantSource clock,
      RandomGenerator random,
      TombstonePolicy tombstones) {
    this.codec = codec;
    this.clock = clock;
    this.random = random;
    this.tombstones = tombstones;
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return SessionRecord.begin(SessionHandle.random(random), clock.instant(), expiry, data);
  }

  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    Live created = new Live(session.withData(codec.encode(session.data()).clone()));
    while (true) {
      Store before = store.get();
      if (present(before, id).isPresent()) {
        return new WriteSessionResult.IdExists<>();
      }
      // The one atomic step: whoever replaces the store as it was read has the id.
      if (store.compareAndSet(before, before.with(id, created))) {
        return written(session, created);
      }
    }
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    Entry entry = present(store.get(), id).orElse(null);
    if (entry instanceof Live live) {
      return decoded(live);
    }
    if (entry instanceof Moved moved) {
      return new SessionLookup.Moved<>(moved.handle(), moved.at(), moved.handover());
    }
    return entry instanceof Ended ended
        ? new SessionLookup.Ended<>(ended.handle())
        : new SessionLookup.Unknown<>();
  }

  private SessionLookup<D> decoded(Live live) {
    try {
      D data = codec.decode(live.session.data().clone());
      return new SessionLookup.Live<>(live.session.withData(data), live);
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(live.handle(), e);
    }
  }

  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    Live after = after(expected, session);
    while (true) {
      Store before = store.get();
      if (isOther(before, id, expected)) {
        return new WriteSessionResult.Conflict<>();
      }
      if (store.compareAndSet(before, before.with(id, after))) {
        return written(session, after);
      }
    }
  }

  @Override
  public WriteSessionResult<D> remapSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover) {
    Live after = after(expected, session);
    Instant now = clock.instant();
    Moved tombstone =
        new Moved(session.handle(), currentId, now, tombstones.movedUntil(session), handover);
    while (true) {
      Store before = store.get();
      if (isOther(before, previousId, expected)) {
        return new WriteSessionResult.Conflict<>();
      }
      if (present(before, currentId).isPresent()) {
        return new WriteSessionResult.IdExists<>();
      }
      // The one atomic step: the new id lives and the old one leads to it, or nothing happened.
      if (store.compareAndSet(before, before.with(previousId, tombstone).with(currentId, after))) {
        return written(session, after);
      }
    }
  }

  @Override
  public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
    Ended ended = new Ended(handle, SessionExpiry.at(clock.instant().plus(tombstones.ended())));
    while (true) {
      Store before = store.get();
      SessionId id = liveId(before, handle).orElse(null);
      if (id == null) {
        return false;
      }
      if (store.compareAndSet(before, before.with(id, ended))) {
        return true;
      }
    }
  }

  @Override
  public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
    Store now = store.get();
    SessionId at = lastKnownId;
    while (now.ids().get(at) instanceof Moved moved && moved.handle().equals(handle)) {
      at = moved.to();
    }
    Entry entry = present(now, at).orElse(null);
    return entry != null && entry.handle().equals(handle)
        ? lookUpSession(at)
        : liveId(now, handle).map(this::lookUpSession).orElseGet(SessionLookup.Unknown::new);
  }

  @Override
  public PrincipalRecord.Stored lookUpPrincipal(String name) {
    PrincipalRecord stored = store.get().principals().get(name);
    return stored == null
        ? new PrincipalRecord.Stored(PrincipalRecord.NONE, NOTHING)
        : new PrincipalRecord.Stored(stored, stored);
  }

  @Override
  public boolean writePrincipal(
      String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    while (true) {
      Store before = store.get();
      Object present = before.principals().getOrDefault(name, null);
      if ((present == null ? NOTHING : present) != expected.version()) {
        return false;
      }
      if (store.compareAndSet(before, before.with(name, principal))) {
        return true;
      }
    }
  }

  @Override
  public void clear() {
    store
        .get()
        .ids()
        .forEach(
            (id, entry) -> {
              if (entry instanceof Live) {
                endSession(entry.handle(), id);
              }
            });
  }

  /** What is under an id and not over. */
  private Optional<Entry> present(Store now, SessionId id) {
    Entry entry = now.ids().get(id);
    return entry == null || isOver(now, entry) ? Optional.empty() : Optional.of(entry);
  }

  private boolean isOver(Store now, Entry entry) {
    Instant time = clock.instant();
    if (entry instanceof Live live) {
      return live.session.expiry().isExpired(time);
    }
    if (entry instanceof Moved moved) {
      return moved.until().isExpired(time.minus(MARGIN)) && liveId(now, moved.handle()).isEmpty();
    }
    return entry instanceof Ended ended && ended.until().isExpired(time);
  }

  private Optional<SessionId> liveId(Store now, SessionHandle handle) {
    return now.ids().entrySet().stream()
        .filter(each -> each.getValue() instanceof Live live && live.handle().equals(handle))
        .filter(each -> !isOver(now, each.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean isOther(Store now, SessionId id, SessionLookup.Live<D> expected) {
    return present(now, id).orElse(null) != expected.version();
  }

  // Data that is the very object that was read is stored as it is.
  private Live after(SessionLookup.Live<D> expected, SessionRecord<D> session) {
    if (!(expected.version() instanceof Live before)) {
      throw new IllegalArgumentException("that version is of another connector");
    }
    return new Live(
        session.withData(
            session.data() == expected.session().data()
                ? before.session.data()
                : codec.encode(session.data()).clone()));
  }

  private static <D> WriteSessionResult<D> written(SessionRecord<D> session, Live stored) {
    return new WriteSessionResult.Written<>(new SessionLookup.Live<>(session, stored));
  }
}
