package org.typedsession.memory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionEvent;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.StoreLimits;
import org.typedsession.memory.Cell.Death;
import org.typedsession.memory.Cell.Ended;
import org.typedsession.memory.Cell.Expired;
import org.typedsession.memory.Cell.Link;
import org.typedsession.memory.Cell.Live;
import org.typedsession.memory.Cell.State;
import org.typedsession.memory.Cell.Trace;
import org.typedsession.spi.Handover;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.StoreSize;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;

/**
 * Keeps sessions in the memory of this JVM, where they end with it.
 *
 * <p>Data is kept as bytes, so that no two requests share an object. Nothing blocks: every change
 * of a session is one compare-and-set, and sessions have nothing in common that could be waited
 * for. Every operation on one session takes effect at one moment between its call and its return.
 *
 * <p>There is no thread behind it and nothing to close. Each write looks at a few stored ids in
 * turn and frees those that are over, so memory follows the number of live sessions and due
 * tombstones. A moved id is kept while its successor is live, and as long as {@link
 * TombstonePolicy} says and a minute more; behind a session that never expires, as long as an ended
 * id.
 *
 * @param <D> the session data
 */
public final class MemorySessionStoreConnector<D> implements SessionStoreConnector<D> {
  private static final Duration MARGIN = Duration.ofSeconds(60);

  // A write adds one id at most. Passing eight that stay keeps those that are over, but not freed
  // yet, at about a seventh of the rest; what is found over does not count, so a heap of them goes
  // quickly.
  private static final int KEPT_PER_SWEEP = 8;
  private static final int FREED_PER_SWEEP = 256;

  /** The version of a principal of whom nothing is stored. */
  private static final Object NOBODY = new Object();

  private final SessionCodec<D> codec;
  private final InstantSource clock;
  private final Supplier<SessionHandle> handles;
  private final TombstonePolicy tombstones;
  private final StoreLimits limits;
  private final Consumer<SessionEvent> events;

  private final ConcurrentMap<SessionId, Link> ids = new ConcurrentHashMap<>();
  // Only the live ones: entered before an id leads to them, removed when they are over.
  private final ConcurrentMap<SessionHandle, Cell> sessions = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, PrincipalRecord> principals = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Iterator<Map.Entry<String, PrincipalRecord>>>
      principalSweep = new AtomicReference<>(principals.entrySet().iterator());
  // Where the sweep has got to; null while somebody is sweeping.
  private final AtomicReference<@Nullable Iterator<Link>> sweep =
      new AtomicReference<>(ids.values().iterator());

  /**
   * For sessions of which no absolute lifetime is known.
   *
   * @param codec turns data into the bytes that are kept, and back
   * @param clock tells the time
   * @param handles names new sessions; never the same twice
   * @param endedTombstone how long an ended id is told from an unknown one; positive
   * @throws IllegalArgumentException if {@code endedTombstone} is not positive
   */
  public MemorySessionStoreConnector(
      SessionCodec<D> codec,
      InstantSource clock,
      Supplier<SessionHandle> handles,
      Duration endedTombstone) {
    this(codec, clock, handles, new TombstonePolicy(endedTombstone, Optional.empty()));
  }

  /**
   * @param codec turns data into the bytes that are kept, and back
   * @param clock tells the time
   * @param handles names new sessions; never the same twice
   * @param tombstones how long dead ids are told from unknown ones
   */
  public MemorySessionStoreConnector(
      SessionCodec<D> codec,
      InstantSource clock,
      Supplier<SessionHandle> handles,
      TombstonePolicy tombstones) {
    this(codec, clock, handles, tombstones, event -> {});
  }

  /**
   * @param codec turns data into the bytes that are kept, and back
   * @param clock tells the time
   * @param handles names new sessions; never the same twice
   * @param tombstones how long dead ids are told from unknown ones
   * @param events told which sessions have expired; must not throw, and is called in the middle of
   *     operations
   */
  public MemorySessionStoreConnector(
      SessionCodec<D> codec,
      InstantSource clock,
      Supplier<SessionHandle> handles,
      TombstonePolicy tombstones,
      Consumer<SessionEvent> events) {
    this(codec, clock, handles, tombstones, StoreLimits.NONE, events);
  }

  /**
   * @param codec turns data into the bytes that are kept, and back
   * @param clock tells the time
   * @param handles names new sessions; never the same twice
   * @param tombstones how long dead ids are told from unknown ones
   * @param limits how much there may be
   * @param events told which sessions have expired; must not throw, and is called in the middle of
   *     operations
   */
  public MemorySessionStoreConnector(
      SessionCodec<D> codec,
      InstantSource clock,
      Supplier<SessionHandle> handles,
      TombstonePolicy tombstones,
      StoreLimits limits,
      Consumer<SessionEvent> events) {
    this.limits = limits;
    this.events = events;
    this.codec = codec;
    this.clock = clock;
    this.handles = handles;
    this.tombstones = tombstones;
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return SessionRecord.begin(handles.get(), now(), expiry, data);
  }

  /**
   * {@inheritDoc}
   *
   * @throws SessionCodecException if the data cannot be encoded
   * @throws SessionStoreUnavailableException if there are as many sessions as there may be
   * @throws IllegalArgumentException if a live session has the handle of {@code session}
   */
  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    Instant now = now();
    Cell cell = new Cell(id, encoded(session, null));
    State created = cell.state();
    sweep(now);
    enlist(cell, now);
    try {
      // Counted with this one in it, so that no two take the last place.
      limits.requireRoom(sessions.size() - 1);
    } catch (SessionStoreUnavailableException e) {
      sessions.remove(cell.handle, cell);
      throw e;
    }
    // The one atomic step: whoever gets the id has created the session; everyone else gets
    // ID_EXISTS.
    if (!claim(created.link(), now)) {
      sessions.remove(cell.handle, cell);
      return new WriteSessionResult.IdExists<>();
    }
    return written(session, created);
  }

  private void enlist(Cell cell, Instant now) {
    Cell other;
    while ((other = sessions.putIfAbsent(cell.handle, cell)) != null) {
      if (settled(other, now) instanceof Live) {
        throw new IllegalArgumentException("session " + cell.handle + " is stored already");
      }
      sessions.remove(cell.handle, other);
    }
  }

  /** Puts {@code link} under its id, unless that one is taken. */
  private boolean claim(Link link, Instant now) {
    Link other;
    while ((other = ids.putIfAbsent(link.id, link)) != null) {
      if (trace(other, now) != null) {
        return false;
      }
      ids.remove(link.id, other);
    }
    return true;
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    Link link = ids.get(id);
    Trace trace = link == null ? null : trace(link, now());
    if (link == null || trace == null) {
      return new SessionLookup.Unknown<>();
    }
    if (trace instanceof Death death) {
      return new SessionLookup.Moved<>(link.cell.handle, death.movedAt(), death.handover());
    }
    return trace instanceof Live live ? decoded(live) : new SessionLookup.Ended<>(link.cell.handle);
  }

  private SessionLookup<D> decoded(Live live) {
    SessionRecord<byte[]> session = live.session();
    try {
      // A copy, because a codec may hand out what it is given.
      D data = codec.decode(session.data().clone());
      return new SessionLookup.Live<>(session.withData(data), live);
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(session.handle(), e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws SessionCodecException if the data cannot be encoded
   * @throws IllegalArgumentException if {@code session} has another handle than {@code expected}
   */
  @Override
  public WriteSessionResult<D> remapSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover) {
    Instant now = now();
    SessionRecord<byte[]> encoded = encoded(session, expected);
    sweep(now);
    Live from = stillLive(previousId, expected, session, now);
    if (from == null) {
      return new WriteSessionResult.Conflict<>();
    }
    limits.requireRotation(session.handle(), from.rotations());
    Link successor = new Link(currentId, from.link().cell);
    Live to =
        new Live(
            successor,
            new Death(from.link(), now, keptUntil(session, now), handover),
            encoded,
            from.rotations() + 1);
    successor.announce(from, to);
    if (!claim(successor, now)) {
      return new WriteSessionResult.IdExists<>();
    }
    successor.carryOut();
    if (!successor.isConfirmed()) {
      ids.remove(currentId, successor);
      return new WriteSessionResult.Conflict<>();
    }
    return written(session, to);
  }

  private SessionExpiry keptUntil(SessionRecord<D> successor, Instant now) {
    return successor.expiry() instanceof SessionExpiry.Never
        ? SessionExpiry.at(now.plus(tombstones.ended()))
        : tombstones.movedUntil(successor);
  }

  /**
   * {@inheritDoc}
   *
   * @throws SessionCodecException if the data cannot be encoded
   * @throws IllegalArgumentException if {@code session} has another handle than {@code expected}
   */
  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    Instant now = now();
    SessionRecord<byte[]> encoded = encoded(session, expected);
    sweep(now);
    Live from = stillLive(id, expected, session, now);
    if (from == null) {
      return new WriteSessionResult.Conflict<>();
    }
    Live to = new Live(from.link(), from.predecessor(), encoded, from.rotations());
    // The one atomic step: whoever replaces the expected state has written; everyone else gets
    // CONFLICT.
    return from.link().cell.replace(from, to)
        ? written(session, to)
        : new WriteSessionResult.Conflict<>();
  }

  /** The state that {@code expected} stands for, or null if another one is to be seen already. */
  private @Nullable Live stillLive(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session, Instant now) {
    if (!session.handle().equals(expected.session().handle())) {
      throw new IllegalArgumentException(
          "session %s cannot become session %s"
              .formatted(expected.session().handle(), session.handle()));
    }
    return expected.version() instanceof Live live
            && live.link().id.equals(id)
            && ids.get(id) == live.link()
            && settled(live.link().cell, now) == live
        ? live
        : null;
  }

  @Override
  public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
    Instant now = now();
    sweep(now);
    Cell cell = sessions.get(handle);
    return cell != null && end(cell, now);
  }

  @Override
  public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
    Cell cell = sessions.get(handle);
    if (cell == null) {
      return new SessionLookup.Unknown<>();
    }
    State state = settled(cell, now());
    if (state instanceof Live live) {
      return decoded(live);
    }
    return state instanceof Ended
        ? new SessionLookup.Ended<>(handle)
        : new SessionLookup.Unknown<>();
  }

  @Override
  public PrincipalRecord.Stored lookUpPrincipal(String name) {
    PrincipalRecord stored = principals.get(name);
    return stored == null
        ? new PrincipalRecord.Stored(PrincipalRecord.NONE, NOBODY)
        : new PrincipalRecord.Stored(stored, stored);
  }

  @Override
  public boolean writePrincipal(
      String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    sweepPrincipals(now());
    // The one atomic step: whoever replaces what was read has decided; everyone else reads again.
    return expected.version() instanceof PrincipalRecord before
        ? principals.replace(name, before, principal)
        : principals.putIfAbsent(name, principal) == null;
  }

  private void sweepPrincipals(Instant now) {
    Iterator<Map.Entry<String, PrincipalRecord>> position = principalSweep.getAndSet(null);
    if (position == null) {
      return;
    }
    for (int i = 0; i < KEPT_PER_SWEEP && position.hasNext(); i++) {
      Map.Entry<String, PrincipalRecord> entry = position.next();
      if (entry.getValue().keptUntil().isExpired(now.minus(MARGIN))) {
        principals.remove(entry.getKey(), entry.getValue());
      }
    }
    principalSweep.set(position.hasNext() ? position : principals.entrySet().iterator());
  }

  /** How many principals there are, over or not. */
  int principals() {
    return principals.size();
  }

  @Override
  public void clear() {
    Instant now = now();
    for (Cell cell : sessions.values()) {
      end(cell, now);
    }
  }

  /** Whether it was this call that ended the session. */
  private boolean end(Cell cell, Instant now) {
    boolean ended = false;
    while (settled(cell, now) instanceof Live live) {
      // The one atomic step: no state follows this one, so whoever is late finds nothing to
      // replace.
      // Whoever was earlier has only changed what there is to end.
      ended |= cell.replace(live, new Ended(live.link(), live.predecessor(), now));
    }
    sessions.remove(cell.handle, cell);
    return ended;
  }

  /**
   * The state of a session at {@code now}. Whoever finds it expired makes that final, so that a
   * write that began before cannot bring back what somebody has seen gone.
   */
  private State settled(Cell cell, Instant now) {
    State state = cell.state();
    while (state instanceof Live live && live.session().expiry().isExpired(now)) {
      if (cell.replace(
          live, new Expired(live.link(), live.predecessor(), live.session().expiry()))) {
        events.accept(live.session().expired(now, tombstones.absoluteLifetime()));
      }
      sessions.remove(cell.handle, cell);
      state = cell.state();
    }
    return state;
  }

  /** What an id has to tell at {@code now}; null if it is free to be used again. */
  private @Nullable Trace trace(Link link, Instant now) {
    link.carryOut();
    State state = settled(link.cell, now);
    if (state.link() != link) {
      Death death = link.death(state);
      return death != null && isKept(death, state, now) ? death : null;
    }
    if (state instanceof Live live) {
      return live;
    }
    return state instanceof Ended ended && isKept(ended, now) ? ended : null;
  }

  private boolean isKept(Death death, State state, Instant now) {
    Instant withMargin = now.minus(MARGIN);
    if (!death.keptUntil().isExpired(withMargin)) {
      return true;
    }
    if (!death.equals(state.predecessor())) {
      return false;
    }
    // The successor may have been renewed since it took over.
    return state instanceof Live
        || (state instanceof Expired expired && !expired.expiry().isExpired(withMargin))
        || (state instanceof Ended ended && isKept(ended, now));
  }

  private boolean isKept(Ended ended, Instant now) {
    return now.isBefore(ended.at().plus(tombstones.ended()));
  }

  private void sweep(Instant now) {
    Iterator<Link> position = sweep.getAndSet(null);
    if (position == null) {
      return;
    }
    try {
      int kept = 0;
      int freed = 0;
      while (kept < KEPT_PER_SWEEP && freed < FREED_PER_SWEEP) {
        if (!position.hasNext()) {
          position = ids.values().iterator();
          return;
        }
        Link link = position.next();
        if (trace(link, now) == null) {
          ids.remove(link.id, link);
          freed++;
        } else {
          kept++;
        }
      }
    } finally {
      sweep.set(position);
    }
  }

  @Override
  public boolean isFull() {
    if (!limits.isReachedBy(sessions.size())) {
      return false;
    }
    // Where every new session is refused nobody else may come to free those that have expired.
    sweep(now());
    return limits.isReachedBy(sessions.size());
  }

  @Override
  public boolean mayRotate(SessionLookup.Live<D> expected) {
    return !(expected.version() instanceof Live live) || limits.allowsRotation(live.rotations());
  }

  @Override
  public Optional<StoreSize> size() {
    long live = sessions.size();
    return Optional.of(new StoreSize(live, Math.max(0, ids.size() - live)));
  }

  /** How many entries there are, over or not. */
  int entries() {
    return ids.size() + sessions.size();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  // Data that nobody changed stays as it is, byte for byte, also if its object was altered in
  // place.
  private SessionRecord<byte[]> encoded(
      SessionRecord<D> session, SessionLookup.@Nullable Live<D> expected) {
    if (expected != null
        && session.data() == expected.session().data()
        && expected.version() instanceof Live before) {
      return session.withData(before.session().data());
    }
    // A copy, because a codec may hand out what it is given.
    return session.withData(codec.encode(session.data()).clone());
  }

  private WriteSessionResult<D> written(SessionRecord<D> session, State version) {
    return new WriteSessionResult.Written<>(new SessionLookup.Live<>(session, version));
  }
}
