package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.Cache;
import org.infinispan.cache.impl.AbstractDelegatingAdvancedCache;
import org.infinispan.context.Flag;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.Attempt;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** Writes whose answer cannot be taken at its word. */
final class InDoubtWritesTest {
  private static final long PATIENCE_SECONDS = 30;
  // Asks once, so that the messages of a write can be told from those of the lease.
  private static final MembershipLease.Timing ONCE =
      new MembershipLease.Timing(Duration.ofHours(1), Duration.ofHours(1));

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);

  private record Attempt(
      SessionStoreConnector<Account> connector, SessionId id, SessionLookup.Live<Account> live) {}

  @Test
  void write_refusedWhileTheOwnersDiffer_isMadeWhenTheyAgree() throws Exception {
    assertThat(
            whileThePrimaryOwnerIsBehind(
                attempt ->
                    attempt
                        .connector()
                        .writeSession(
                            attempt.id(),
                            attempt.live(),
                            attempt.live().session().withData(new Account("third", 3, 0)))))
        .isInstanceOf(WriteSessionResult.Written.class);
  }

  @Test
  void remap_refusedWhileTheOwnersDiffer_isMadeWhenTheyAgree() throws Exception {
    assertThat(
            whileThePrimaryOwnerIsBehind(
                attempt ->
                    attempt
                        .connector()
                        .remapSession(
                            cookies.next(attempt.connector().placement(attempt.id())).id(),
                            attempt.id(),
                            attempt.live(),
                            attempt.live().session().withData(new Account("third", 3, 0)))))
        .isInstanceOf(WriteSessionResult.Written.class);
  }

  @Test
  void remap_ofASessionWrittenAgain_replacesWhatItsFirstAttemptLeft() {
    try (Members members = Members.local(Members.Mode.PLAIN);
        SessionCache cache =
            SessionCache.of(
                removesNothing(Members.advanced(members.first())), AcceptedRisks.NONE, 1)) {
      SessionStoreConnector<Account> connector = over(cache);
      SessionId x = cookies.next(Placement.ANYWHERE).id();
      SessionId y = cookies.next(Placement.ANYWHERE).id();
      connector.createSession(x, SessionExpiry.never(), new Account("first", 1, 0));
      SessionLookup.Live<Account> live = live(connector, x);
      // As by somebody whose remap of it could not be resolved in time.
      String key = "s" + x.stored();
      StoredEntry.Live stored =
          (StoredEntry.Live) EntryFormat.decode(Members.advanced(cache).get(key));
      Members.advanced(cache).put(key, EntryFormat.encode(stored.writtenAgain(random.nextLong())));

      assertThat(
              connector.remapSession(
                  y, x, live, live.session().withData(new Account("second", 2, 0))))
          .isInstanceOf(WriteSessionResult.Written.class);
      assertThat(live(connector, y).session().data()).isEqualTo(new Account("second", 2, 0));
      assertThat(connector.lookUpSession(x)).isInstanceOf(SessionLookup.Moved.class);
    }
  }

  /** The owner that alone had what was expected has died, and it does not come back. */
  @Test
  void replace_onWhatIsGoneForGood_isNotTriedForEver() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            return super.schedule(command, 0, unit);
          }
        };
    try (Members members = Members.local(Members.Mode.PLAIN)) {
      SessionCache cache = members.first();
      SessionStoreConnector<Account> connector = over(cache);
      SessionId x = cookies.next(Placement.ANYWHERE).id();
      connector.createSession(x, SessionExpiry.never(), new Account("first", 1, 0));
      String key = "s" + x.stored();
      String there = Members.watch(cache).entries().get(key);
      StoredEntry.Live first = (StoredEntry.Live) EntryFormat.decode(there);
      StoredEntry.Live second = first.writtenAgain(random.nextLong());
      StoredEntry.Live third = second.writtenAgain(random.nextLong());
      InDoubtWrites inDoubt =
          new InDoubtWrites(
              Members.watch(cache).entries(),
              new AcknowledgementGuard(Members.advanced(cache), null, Duration.ofMillis(1)),
              clock);

      assertThat(inDoubt.replace(key, value(second), value(third), false))
          .isEqualTo(InDoubtWrites.Outcome.UNKNOWN);

      // A task that a thread has taken and not begun is in neither.
      Awaitility.await()
          .until(
              () ->
                  clock.getCompletedTaskCount() > 1
                      && clock.getCompletedTaskCount() == clock.getTaskCount());
      assertThat(clock.getQueue()).isEmpty();
      assertThat(Members.watch(cache).entries().get(key)).isEqualTo(there);
    } finally {
      clock.shutdownNow();
    }
  }

  private static Entries.Value value(StoredEntry.Live live) {
    return new Entries.Value(EntryFormat.encode(live), -1);
  }

  // As where the primary owner is behind.
  private static Cache<String, String> removesNothing(AdvancedCache<String, String> cache) {
    return new AbstractDelegatingAdvancedCache<>(cache) {
      @Override
      @SuppressWarnings("rawtypes") // as it is declared
      public AdvancedCache rewrap(AdvancedCache other) {
        return other;
      }

      @Override
      public AdvancedCache<String, String> getAdvancedCache() {
        return this;
      }

      @Override
      public boolean remove(Object key, Object value) {
        return false;
      }
    };
  }

  // As after a change of the primary owner, of which the new one gets the last write a moment later
  // than the backup.
  private WriteSessionResult<Account> whileThePrimaryOwnerIsBehind(
      Function<Attempt, WriteSessionResult<Account>> write) throws Exception {
    try (SimulatedCluster cluster =
        new SimulatedCluster(Members.Mode.PLAIN.configuration(true), false, 2, ONCE, 1)) {
      Node primary = cluster.nodes().get(0);
      SessionStoreConnector<Account> first = over(primary);
      SessionStoreConnector<Account> second = over(cluster.nodes().get(1));
      awaitReady(first);
      awaitReady(second);
      SessionId id = cookies.next(first.placement(null)).id();
      assertThat(first.createSession(id, SessionExpiry.never(), new Account("first", 1, 0)))
          .isInstanceOf(WriteSessionResult.Written.class);
      AdvancedCache<String, String> copy = primary.advanced().withFlags(Flag.CACHE_MODE_LOCAL);
      String key = "s" + id.stored();
      String before = copy.get(key);
      SessionLookup.Live<Account> live = live(first, id);
      assertThat(first.writeSession(id, live, live.session().withData(new Account("second", 2, 0))))
          .isInstanceOf(WriteSessionResult.Written.class);
      String after = copy.get(key);
      copy.put(key, before);
      Attempt attempt = new Attempt(second, id, live(second, id));
      assertThat(attempt.live().session().data().left()).as("what the backup has").isEqualTo(2);

      long sent = primary.wire().sent();
      CompletableFuture<WriteSessionResult<Account>> result =
          CompletableFuture.supplyAsync(() -> write.apply(attempt));
      Awaitility.await("the primary owner to refuse").until(() -> primary.wire().sent() > sent);
      copy.put(key, after);

      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  private static SessionLookup.Live<Account> live(
      SessionStoreConnector<Account> connector, SessionId id) {
    SessionLookup<Account> found = connector.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    return (SessionLookup.Live<Account>) found;
  }

  private static void awaitReady(SessionStoreConnector<Account> connector) {
    Awaitility.await().until(() -> connector.readiness() instanceof Readiness.Ready);
  }

  private SessionStoreConnector<Account> over(Node node) {
    return over(node.cache());
  }

  private SessionStoreConnector<Account> over(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache, "s", new AccountCodec(), new MutableClock(), random, Duration.ofMinutes(15));
  }
}
