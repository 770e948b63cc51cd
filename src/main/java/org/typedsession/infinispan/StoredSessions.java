package org.typedsession.infinispan;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.cluster.CacheFailures;
import org.typedsession.infinispan.cluster.ClusterWatch;
import org.typedsession.infinispan.cluster.CurrentReads;
import org.typedsession.infinispan.cluster.DecidedWrites;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.StoreSize;
import org.typedsession.spi.TombstonePolicy;

/**
 * The entries of one store in a cache that it may share: what is under an id, whether that counts,
 * and the two ways in which an id ends.
 */
final class StoredSessions {
  private static final System.Logger LOGGER = System.getLogger(StoredSessions.class.getName());

  // Lets clocks of nodes differ: an entry is kept this much longer than its session lives, and a
  // tombstone once more as long, so that no successor outlives the tombstone that confirms it.
  private static final Duration MARGIN = Duration.ofMinutes(1);
  // No split is expected to last longer than this, where no lifetime says when it does not matter.
  private static final Duration LONGEST_SPLIT = Duration.ofDays(1);
  // Only a fault takes a tombstone away.
  private static final int ATTEMPTS_TO_CONFIRM = 3;
  // All are shorter than an id, so that no key of a session looks like one.
  static final String PRINCIPAL = "user/";
  private static final String ENDED = "ended/";
  private static final String CLAIMED = "claimed/";
  private static final String LATEST = "latest/";

  private final SessionCache cache;
  private final CurrentReads reads;
  private final DecidedWrites writes;
  private final String namespace;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final TombstonePolicy tombstones;
  private final ConfirmedTombstones confirmed = new ConfirmedTombstones();

  /**
   * @param random draws the marks of ends
   */
  StoredSessions(
      SessionCache cache,
      String namespace,
      InstantSource clock,
      RandomGenerator random,
      TombstonePolicy tombstones) {
    this.cache = cache;
    this.reads = cache.reads();
    this.writes = cache.writes();
    this.namespace = namespace;
    this.clock = clock;
    this.random = random;
    this.tombstones = tombstones;
  }

  /** What became of an attempt to end a session. */
  enum End {
    /** It was ended now. */
    ENDED,
    /** It was over before. */
    OVER,
    /** Nothing tells where it is. */
    NO_TRACE
  }

  /** Now, as exactly as entries keep it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  String key(SessionId id) {
    return namespace + id.stored();
  }

  private Optional<SessionId> id(String key) {
    return key.startsWith(namespace)
        ? SessionId.fromStored(key.substring(namespace.length()))
        : Optional.empty();
  }

  @Nullable String get(SessionId id) {
    return get(key(id));
  }

  /** As {@link #get}, by the primary owner, whose word decides writes. */
  @Nullable String getFromPrimary(SessionId id) {
    return reads.getFromPrimary(key(id));
  }

  private @Nullable String get(String key) {
    return reads.get(key);
  }

  /** Visits the entries of this store; the cache may hold those of others. */
  void visitAll(BiConsumer<SessionId, StoredEntry> visitor) {
    visitAll(visitor, handle -> {});
  }

  /**
   * Visits the entries of this store.
   *
   * @param notes visits what {@link #noteEnd} noted
   */
  void visitAll(BiConsumer<SessionId, StoredEntry> visitor, Consumer<SessionHandle> notes) {
    reads.forEach(
        (key, text) -> {
          id(key).ifPresent(id -> visitor.accept(id, EntryFormat.decode(text)));
          endNoted(key).ifPresent(notes);
        });
  }

  /**
   * Counts what this node is the primary owner of.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  StoreSize countOwned() {
    long[] counts = {0, 0};
    reads.forEachOwned(
        (key, text) -> {
          if (id(key).isEmpty()) {
            return;
          }
          if (EntryFormat.isLive(text)) {
            counts[0]++;
          } else if (EntryFormat.isTombstone(text)) {
            counts[1]++;
          }
        });
    return new StoreSize(counts[0], counts[1]);
  }

  /** Whether a live entry is a session: confirmed by its predecessor, and not expired. */
  boolean isUsable(SessionId id, StoredEntry.Live live) {
    return !live.session().expiry().isExpired(clock.instant()) && isNamedByPredecessor(id, live);
  }

  /** Whether a successor is one: the predecessor has to say so until it is written again. */
  private boolean isNamedByPredecessor(SessionId id, StoredEntry.Live live) {
    SessionId from = live.from();
    return from == null || isMovedTo(from, id);
  }

  private boolean isMovedTo(SessionId from, SessionId to) {
    String text = get(from);
    return text != null
        && EntryFormat.decode(text) instanceof StoredEntry.Moved moved
        && moved.successor().equals(to);
  }

  /**
   * Ends a session that is or was under {@code id}, along its tombstones.
   *
   * <p>A tombstone that a fault has kept from one of its owners leads to the end of the session
   * here, and that owner would show the session live again under the old id. So each recent one is
   * brought to all owners before anybody is told of the end; after it, since the session may change
   * its id faster than that.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer, or a tombstone cannot be
   *     brought to all owners; the session may be ended or not
   */
  End end(SessionHandle handle, SessionId id) {
    boolean ended = false;
    // What seemed to be the session, and was ended, before the look elsewhere.
    SessionId endedBefore = null;
    SessionId begin = id;
    for (int attempt = 0; attempt < ATTEMPTS_TO_CONFIRM; attempt++) {
      Lineage lineage = new Lineage(this, handle, begin);
      Lineage.Place over = end(lineage);
      SessionId endedNow =
          over == null || over.entry() instanceof StoredEntry.Ended ? null : over.id();
      SessionId elsewhere = over == null ? null : lineage.lookBack(over);
      if (elsewhere != null) {
        endedBefore = endedNow != null ? endedNow : endedBefore;
        begin = elsewhere;
        continue;
      }
      // It was the session after all if its end is found again, or nothing else is.
      ended |=
          endedNow != null
              || (endedBefore != null && (over == null || over.id().equals(endedBefore)));
      if (areOnAllOwners(lineage)) {
        return ended ? End.ENDED : over != null || lineage.hasMoved() ? End.OVER : End.NO_TRACE;
      }
    }
    throw CacheFailures.outcomeUnknown(null);
  }

  /**
   * Finds what a session that is or was under {@code id} has become. Its tombstones are on all
   * owners then, as after {@link #end}: whoever is told of the session under a later id is told for
   * good.
   *
   * @return null if nothing is stored of it
   * @throws SessionStoreUnavailableException as {@link #end} does
   */
  Lineage.@Nullable Place find(SessionHandle handle, SessionId id) {
    for (int attempt = 0; attempt < ATTEMPTS_TO_CONFIRM; attempt++) {
      Lineage lineage = new Lineage(this, handle, id);
      Lineage.Place found = lineage.follow();
      if (areOnAllOwners(lineage)) {
        return found;
      }
    }
    throw CacheFailures.outcomeUnknown(null);
  }

  /**
   * Ends what {@code lineage} leads to.
   *
   * @return what was there before: the end of another, or what is ended now; null if nothing was
   */
  private Lineage.@Nullable Place end(Lineage lineage) {
    Lineage.Place now = lineage.follow();
    while (now != null
        && !(now.entry() instanceof StoredEntry.Ended)
        && !replaceByEnd(now.id(), now.text(), now.entry())) {
      now = lineage.followRefused();
    }
    return now;
  }

  private boolean areOnAllOwners(Lineage lineage) {
    if (!cache.hasCopies()) {
      return true;
    }
    for (Map.Entry<SessionId, String> tombstone : lineage.recentTombstones().entrySet()) {
      SessionId id = tombstone.getKey();
      String text = tombstone.getValue();
      if (!confirmed.contains(id, text) && !isOnAllOwners(id, text)) {
        return false;
      }
      confirmed.add(id, text);
    }
    return true;
  }

  private boolean isOnAllOwners(SessionId id, String tombstone) {
    Entries.@Nullable Value stored = reads.getToReplace(key(id));
    return stored != null
        && stored.text().equals(tombstone)
        && isWritten(writes.replace(key(id), stored, stored));
  }

  /** Whether a tombstone was written so recently that its owners may differ after a fault. */
  boolean isRecent(Instant written) {
    return ClusterWatch.mayDiffer(written, clock.instant());
  }

  /**
   * Notes an id that a session has or had, so that nobody has to follow its tombstones from the
   * first. A hint: whoever does not find it, or an older one, has the longer way.
   */
  void noteLatest(SessionHandle handle, SessionId id) {
    StoredEntry.Moved note = new StoredEntry.Moved(handle, 0, now(), id, Handover.NONE);
    try {
      writes.hint(
          namespace + LATEST + handle,
          new Entries.Value(EntryFormat.encode(note), longestLifespan()));
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.DEBUG, "where session " + handle + " is could not be noted", e);
    }
  }

  /** The id that {@link #noteLatest} noted last, as far as this node is told. */
  Optional<SessionId> latestNoted(SessionHandle handle) {
    String text = get(namespace + LATEST + handle);
    return text != null
            && EntryFormat.decode(text) instanceof StoredEntry.Moved note
            && note.handle().equals(handle)
        ? Optional.of(note.successor())
        : Optional.empty();
  }

  // A successor that is not there yet is a commit still being applied, which takes no longer than a
  // transaction may; one that is not there after that has expired.
  void awaitSuccessor(StoredEntry.Moved moved) {
    Instant applied = moved.movedAt().plus(cache.transactionTimeout());
    reads.await(() -> get(moved.successor()) != null || !clock.instant().isBefore(applied));
  }

  /**
   * Ends what is under {@code id}, in one atomic step.
   *
   * @return false if that is not {@code expected} any more
   */
  boolean replaceByEnd(SessionId id, String expected, StoredEntry entry) {
    // From here on every write that expects the live value fails. Whoever finds another value looks
    // again.
    return isWritten(
        writes.replace(
            key(id),
            new Entries.Value(expected, lifespan(entry)),
            new Entries.Value(
                EntryFormat.encode(
                    new StoredEntry.Ended(
                        entry.handle(), EntryFormat.writeId(expected), now(), random.nextLong())),
                Math.max(1, tombstones.ended().toMillis()))));
  }

  /**
   * Lets {@code id} lead to another id of its session, in one atomic step.
   *
   * @param successor lives under {@code successorId}
   * @return false if {@code expected} is not under {@code id} any more
   */
  boolean replaceByMove(
      SessionId id,
      String expected,
      StoredEntry.Live entry,
      SessionId successorId,
      StoredEntry.Live successor) {
    return isWritten(
        writes.replace(
            key(id),
            new Entries.Value(expected, lifespan(entry)),
            tombstone(
                successor.session(), EntryFormat.writeId(expected), successorId, Handover.NONE)));
  }

  /**
   * What an id becomes whose session goes on as {@code session} under {@code successor}.
   *
   * @param replaces the write that is there before
   * @param handover what it keeps for the holder of its cookie value
   */
  Entries.Value tombstone(
      SessionRecord<?> session, long replaces, SessionId successor, Handover handover) {
    return new Entries.Value(
        EntryFormat.encode(
            new StoredEntry.Moved(session.handle(), replaces, now(), successor, handover)),
        longer(lifespan(tombstones.movedUntil(session)), MARGIN));
  }

  /**
   * Notes under a key of its own that a session was ended. An id lives on the side of a split that
   * did not hear of its end, and may come out of the heal as that side left it; a note that only
   * one side has comes out of it in any case.
   */
  void noteEnd(SessionHandle handle) {
    String key = namespace + ENDED + handle;
    Entries.Value note =
        new Entries.Value(
            EntryFormat.encode(new StoredEntry.Ended(handle, 0, now(), 0)), longestLifespan());
    // Whether it is this note or another's that is stored: it says the same.
    writes.create(key, note);
  }

  // For as long as an id of the session may be presented that leads somewhere.
  private long longestLifespan() {
    return Math.max(1, tombstones.absoluteLifetime().orElse(LONGEST_SPLIT).plus(MARGIN).toMillis());
  }

  /** Whether {@link #noteEnd} was called for the session, on any side. */
  boolean isEndNoted(SessionHandle handle) {
    return get(namespace + ENDED + handle) != null;
  }

  /** What is stored of the principal that {@code hash} stands for. */
  @Nullable String getPrincipal(String hash) {
    return get(namespace + PRINCIPAL + hash);
  }

  /** Writes the first entry of a principal, unless there is one. */
  boolean createPrincipal(String hash, String text, SessionExpiry keptUntil) {
    String key = namespace + PRINCIPAL + hash;
    Entries.Value value = new Entries.Value(text, longer(lifespan(keptUntil), MARGIN));
    return isWritten(writes.create(key, value));
  }

  /** Replaces the entry of a principal if it is still {@code expected}. */
  boolean replacePrincipal(String hash, String expected, String text, SessionExpiry keptUntil) {
    long lifespan = longer(lifespan(keptUntil), MARGIN);
    return isWritten(
        writes.replace(
            namespace + PRINCIPAL + hash,
            new Entries.Value(expected, lifespan),
            new Entries.Value(text, lifespan)));
  }

  private static boolean isWritten(DecidedWrites.Decision decision) {
    return decision == DecidedWrites.Decision.WRITTEN;
  }

  private Optional<SessionHandle> endNoted(String key) {
    String prefix = namespace + ENDED;
    return key.startsWith(prefix)
        ? SessionHandle.parse(key.substring(prefix.length()))
        : Optional.empty();
  }

  /**
   * Asks to be the only one who tidies up a session.
   *
   * @param forHowLong until when nobody else may
   * @return whether nobody else does
   */
  boolean claim(SessionHandle handle, Duration forHowLong, String mark) {
    return writes.tryToCreate(
        namespace + CLAIMED + handle, new Entries.Value(mark, forHowLong.toMillis()));
  }

  private long lifespan(StoredEntry entry) {
    return entry instanceof StoredEntry.Live live
        ? lifespan(live.session().expiry())
        : Math.max(1, tombstones.ended().toMillis());
  }

  /** For how long the cache is to keep a session, in milliseconds; -1 is for ever. */
  long lifespan(SessionExpiry expiry) {
    return expiry
        .remaining(clock.instant())
        .map(rest -> longer(rest.toMillis(), MARGIN))
        .orElse(-1L);
  }

  /** A lifespan and {@code margin} more; -1, which is for ever, stays. */
  private static long longer(long lifespan, Duration margin) {
    return lifespan < 0 ? lifespan : lifespan + margin.toMillis();
  }
}
