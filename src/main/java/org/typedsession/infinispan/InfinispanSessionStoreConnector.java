package org.typedsession.infinispan;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionEvent;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.StoreLimits;
import org.typedsession.infinispan.SessionEntryCodec.Version;
import org.typedsession.infinispan.cluster.DecidedWrites;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.Handover;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.StoreSize;
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
 * <p>Where both sides of a split go on, because the operator chose that, a session may come out of
 * it with several ids. Every node that serves the store looks for such sessions when the parts have
 * met again; see {@link SessionEvent.SessionForkEnded}.
 *
 * <p>Several stores may share a cache: each has a namespace in front of its keys. Keys are strings,
 * values are text, so that no class of an application is needed on another node.
 *
 * @param <D> the session data
 */
public final class InfinispanSessionStoreConnector<D> implements SessionStoreConnector<D> {
  private static final System.Logger LOGGER =
      System.getLogger(InfinispanSessionStoreConnector.class.getName());

  private final SessionCache cache;
  private final OperationGate gate;
  private final DecidedWrites writes;
  private final SegmentPlacement placement;
  private final StoredSessions sessions;
  private final StoredPrincipals principals;
  private final SessionEntryCodec<D> entries;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final boolean mayFork;
  private final StoreLimits limits;
  private final EntryCount count;

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
   * @param random draws handles, for which it should be strong, and where the marks of writes
   *     begin, which no two nodes may have in common
   * @param tombstones how long dead ids are told from unknown ones
   */
  public InfinispanSessionStoreConnector(
      SessionCache cache,
      String namespace,
      SessionCodec<D> codec,
      InstantSource clock,
      RandomGenerator random,
      TombstonePolicy tombstones) {
    this(cache, namespace, codec, clock, random, tombstones, event -> {});
  }

  /**
   * @param cache where to keep the sessions; stays the caller's to close
   * @param namespace what the keys of this store begin with, to keep stores that share a cache
   *     apart
   * @param codec turns data into bytes
   * @param clock tells the time
   * @param random draws handles, for which it should be strong, and where the marks of writes
   *     begin, which no two nodes may have in common
   * @param tombstones how long dead ids are told from unknown ones
   * @param events told what becomes of sessions without being asked for, on a thread of the cache;
   *     must not throw
   */
  public InfinispanSessionStoreConnector(
      SessionCache cache,
      String namespace,
      SessionCodec<D> codec,
      InstantSource clock,
      RandomGenerator random,
      TombstonePolicy tombstones,
      Consumer<SessionEvent> events) {
    this(cache, namespace, codec, clock, random, tombstones, StoreLimits.NONE, events);
  }

  /**
   * @param cache where to keep the sessions; stays the caller's to close
   * @param namespace what the keys of this store begin with, to keep stores that share a cache
   *     apart
   * @param codec turns data into bytes
   * @param clock tells the time
   * @param random draws handles, for which it should be strong, and where the marks of writes
   *     begin, which no two nodes may have in common
   * @param tombstones how long dead ids are told from unknown ones
   * @param limits how much there may be
   * @param events told what becomes of sessions without being asked for, on a thread of the cache;
   *     must not throw
   */
  public InfinispanSessionStoreConnector(
      SessionCache cache,
      String namespace,
      SessionCodec<D> codec,
      InstantSource clock,
      RandomGenerator random,
      TombstonePolicy tombstones,
      StoreLimits limits,
      Consumer<SessionEvent> events) {
    this.cache = cache;
    this.gate = cache.gate();
    this.writes = cache.writes();
    this.sessions = new StoredSessions(cache, namespace, clock, random, tombstones);
    this.principals = new StoredPrincipals(sessions, random);
    this.placement = cache.placement(this::key);
    this.entries = new SessionEntryCodec<>(codec, random.nextLong());
    this.clock = clock;
    this.random = random;
    this.mayFork = cache.servesWhenSplit();
    this.limits = limits;
    this.count = new EntryCount(sessions::countOwned, cache::inBackground, clock);
    cache.onExpiry(
        namespace,
        text -> {
          if (EntryFormat.decode(text) instanceof StoredEntry.Live live) {
            events.accept(live.session().expired(clock.instant(), tombstones.absoluteLifetime()));
          }
        });
    cache.repair(namespace);
    if (mayFork) {
      cache.onHeal(namespace, new ForkResolution(sessions, random, events)::run);
    }
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return SessionRecord.begin(SessionHandle.random(random), sessions.now(), expiry, data);
  }

  @Override
  public Placement placement(@Nullable SessionId predecessor) {
    return placement.placement(predecessor);
  }

  @Override
  public Readiness readiness() {
    return cache.readiness();
  }

  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    return gate.pass(
        () -> limits.sessions().isEmpty() ? create(id, session) : createIfRoom(id, session));
  }

  private WriteSessionResult<D> createIfRoom(SessionId id, SessionRecord<D> session) {
    long before = count.begin();
    boolean created = false;
    try {
      limits.requireRoom(before);
      WriteSessionResult<D> result = create(id, session);
      created = result instanceof Written;
      return result;
    } finally {
      if (created) {
        count.stored();
      } else {
        count.notBegun();
      }
    }
  }

  @Override
  public boolean isFull() {
    return limits.sessions().isPresent()
        && gate.pass(() -> limits.isReachedBy(count.size().sessions()));
  }

  @Override
  public boolean mayRotate(SessionLookup.Live<D> expected) {
    return limits.rotations().isEmpty()
        || limits.allowsRotation(SessionEntryCodec.version(expected).entry().rotations());
  }

  @Override
  public long repairs() {
    return cache.repairs();
  }

  @Override
  public Optional<StoreSize> size() {
    return Optional.of(gate.pass(count::size));
  }

  private WriteSessionResult<D> create(SessionId id, SessionRecord<D> session) {
    Version created = entries.created(session);
    return switch (writes.create(key(id), value(created))) {
      case WRITTEN -> new Written<>(new SessionLookup.Live<>(session, created));
      case REFUSED, TAKEN -> new IdExists<>();
    };
  }

  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return gate.pass(() -> onWhatIsThere(id, expected, current -> write(id, current, session)));
  }

  private WriteSessionResult<D> write(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    if (isExpired(expected)) {
      return new Conflict<>();
    }
    Version before = SessionEntryCodec.version(expected);
    Version written = entries.changed(expected, session);
    // Whoever replaces the whole value that was read has written; everyone else gets CONFLICT.
    return switch (writes.replace(key(id), value(before), value(written))) {
      case WRITTEN -> new Written<>(new SessionLookup.Live<>(session, written));
      case REFUSED, TAKEN -> new Conflict<>();
    };
  }

  @Override
  public WriteSessionResult<D> remapSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover) {
    AtomicReference<Entries.@Nullable Value> intent = new AtomicReference<>();
    return gate.pass(
        () ->
            onWhatIsThere(
                previousId,
                expected,
                current -> remap(currentId, previousId, current, session, handover, intent)));
  }

  /**
   * @param intent what the attempt before this one, of the same call, may have left under the new
   *     id
   */
  private WriteSessionResult<D> remap(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover,
      AtomicReference<Entries.@Nullable Value> intent) {
    if (isExpired(expected)) {
      return new Conflict<>();
    }
    Version before = SessionEntryCodec.version(expected);
    limits.requireRotation(session.handle(), before.entry().rotations());
    Version successor = entries.successor(expected, session, previousId);
    Entries.Value value = value(successor);
    Entries.Value tombstone =
        sessions.tombstone(session, before.entry().writeId(), currentId, handover);
    Entries.Value left = intent.getAndSet(value);
    if (left != null) {
      // As another write, since a removal of what was left may still be on its way. If it is gone,
      // the id is free.
      writes.takeOver(key(currentId), left, value);
    }
    Entries.Remapping remapping =
        new Entries.Remapping(key(currentId), value, key(previousId), value(before), tombstone);
    return switch (writes.remap(remapping, writtenAgain(before))) {
      case WRITTEN ->
          new Written<>(new SessionLookup.Live<>(session, remapped(currentId, successor)));
      case REFUSED -> new Conflict<>();
      case TAKEN -> new IdExists<>();
    };
  }

  private Version remapped(SessionId id, Version successor) {
    if (successor.entry().rotations() % Lineage.NOTED == 0) {
      sessions.noteLatest(successor.entry().handle(), id);
    }
    return mayFork ? confirmed(id, successor) : successor;
  }

  /**
   * Takes the mark off a remap that took effect, before anybody is told. Where both sides of a
   * split go on, the predecessor's tombstone may come out of the heal as the other side left it,
   * and would confirm this successor no more.
   */
  private Version confirmed(SessionId id, Version marked) {
    Version confirmed = entries.confirmed(marked);
    try {
      if (writes.tryToReplace(key(id), marked.text(), value(confirmed))) {
        return confirmed;
      }
    } catch (RuntimeException e) {
      // The session is remapped all the same; what is stored is read again before it is changed.
      LOGGER.log(System.Logger.Level.DEBUG, "a remapped session keeps its mark", e);
    }
    return marked;
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    return gate.pass(() -> lookUp(id));
  }

  private SessionLookup<D> lookUp(SessionId id) {
    String text = sessions.get(id);
    return text == null
        ? new SessionLookup.Unknown<>()
        : lookUp(id, text, EntryFormat.decode(text));
  }

  private SessionLookup<D> lookUp(SessionId id, String text, StoredEntry entry) {
    if (entry instanceof StoredEntry.Live live) {
      return sessions.isUsable(id, live)
          ? entries.decode(live, text)
          : new SessionLookup.Unknown<>();
    }
    if (entry instanceof StoredEntry.Moved moved) {
      return new SessionLookup.Moved<>(moved.handle(), moved.movedAt(), moved.handover());
    }
    if (entry instanceof StoredEntry.Unreadable unreadable) {
      return new SessionLookup.Undecodable<>(
          unreadable.handle(), new SessionCodecException(unreadable.reason(), null));
    }
    return new SessionLookup.Ended<>(entry.handle());
  }

  @Override
  public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
    return gate.pass(() -> find(handle, lastKnownId));
  }

  private SessionLookup<D> find(SessionHandle handle, SessionId lastKnownId) {
    Lineage.Place now = sessions.find(handle, lastKnownId);
    return now == null ? new SessionLookup.Unknown<>() : lookUp(now.id(), now.text(), now.entry());
  }

  @Override
  public PrincipalRecord.Stored lookUpPrincipal(String name) {
    return gate.pass(() -> principals.lookUp(name));
  }

  @Override
  public boolean writePrincipal(
      String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    return gate.pass(() -> principals.write(name, expected, principal));
  }

  @Override
  public boolean mayFork() {
    return mayFork;
  }

  @Override
  public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
    return gate.pass(() -> endWherever(handle, lastKnownId));
  }

  private boolean endWherever(SessionHandle handle, SessionId lastKnownId) {
    if (mayFork) {
      sessions.noteEnd(handle);
    }
    AtomicBoolean ended = new AtomicBoolean();
    StoredSessions.End end = sessions.end(handle, lastKnownId);
    if (end == StoredSessions.End.NO_TRACE) {
      // No trace of that id is left. Any entry of the session leads to its end: an entry that is
      // there throughout the search is found, and follows the session wherever it has moved since.
      sessions.visitAll(
          (id, entry) -> {
            if (entry.handle().equals(handle)
                && sessions.end(handle, id) == StoredSessions.End.ENDED) {
              ended.set(true);
            }
          });
    }
    return end == StoredSessions.End.ENDED || ended.get();
  }

  @Override
  public void clear() {
    gate.pass(
        () -> {
          endAll();
          return true;
        });
  }

  private void endAll() {
    sessions.visitAll(
        (id, entry) -> {
          if (mayFork) {
            sessions.noteEnd(entry.handle());
          }
          sessions.end(entry.handle(), id);
        });
  }

  private boolean isExpired(SessionLookup.Live<D> expected) {
    return expected.session().expiry().isExpired(clock.instant());
  }

  private Entries.Value value(Version version) {
    return new Entries.Value(version.text(), sessions.lifespan(version.entry().session().expiry()));
  }

  /**
   * Writes, and where that is a conflict with nothing but the undoing of a remap, writes again on
   * what that left: nobody has changed the session.
   *
   * @param write what to do, given what is expected under {@code id}
   */
  private WriteSessionResult<D> onWhatIsThere(
      SessionId id,
      SessionLookup.Live<D> expected,
      Function<SessionLookup.Live<D>, WriteSessionResult<D>> write) {
    SessionLookup.Live<D> current = expected;
    while (true) {
      WriteSessionResult<D> result = write.apply(current);
      Version again =
          result instanceof Conflict ? writtenAgain(SessionEntryCodec.version(current), id) : null;
      if (again == null) {
        return result;
      }
      current = new SessionLookup.Live<>(expected.session(), again);
    }
  }

  /** What is under {@code id}, if that is {@code before} by another write; otherwise null. */
  private @Nullable Version writtenAgain(Version before, SessionId id) {
    String text = sessions.get(id);
    return text != null
            && EntryFormat.decode(text) instanceof StoredEntry.Live live
            && live.writeId() != before.entry().writeId()
            && live.equals(before.entry().writtenAgain(live.writeId()))
        ? new Version(live, text)
        : null;
  }

  private Entries.Value writtenAgain(Version before) {
    return value(entries.writtenAgain(before));
  }

  private String key(SessionId id) {
    return sessions.key(id);
  }
}
