package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.context.Flag;
import org.infinispan.distribution.DistributionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.spi.RandomSessionCookieGenerator;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Account;
import org.typedsession.testing.AccountCodec;
import org.typedsession.testing.MutableClock;
import org.typedsession.testing.Seed;

/**
 * Writes that Infinispan makes again, because the primary owner died when it had made them and had
 * not said so.
 *
 * <p>The caller owns no copy. From the message on that asks for the write under test it hears
 * nothing of the primary owner; when both owners have the write, the primary owner is dead, and the
 * write is made again on the one that was the backup.
 */
final class WritesMadeAgainTest {
  private static final String NAMESPACE = "again-";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  // Asks once, so that no lease is lost while a node is silent.
  private static final MembershipLease.Timing ONCE =
      new MembershipLease.Timing(Duration.ofHours(1), Duration.ofHours(1));
  // Each occurs in the values of one write only, and so in the messages that carry it.
  private static final Account FIRST = new Account("written-first", 1, 0);
  private static final Account SECOND = new Account("written-second", 2, 0);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private SimulatedCluster cluster;
  private Node caller;
  private Node primary;
  private Node backup;
  private SessionStoreConnector<Account> connector;

  @BeforeEach
  void start() {
    cluster = new SimulatedCluster(Members.Mode.PLAIN.configuration(true), false, 3, ONCE, 1);
    caller = cluster.nodes().get(0);
    primary = cluster.nodes().get(1);
    backup = cluster.nodes().get(2);
    connector = over(caller);
    cluster.nodes().forEach(node -> awaitReady(over(node)));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void create_madeAgain_isWritten() throws Exception {
    SessionId id = idOfOwners();

    WriteSessionResult<Account> result =
        madeAgain(
            FIRST.user(),
            () -> connector.createSession(id, connector.newSession(SessionExpiry.never(), FIRST)),
            () -> isOnBoth(id, StoredEntry.Live.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertThat(live(id).session().data()).isEqualTo(FIRST);
  }

  @Test
  void remap_intentMadeAgain_isWritten() throws Exception {
    SessionId id = created();
    SessionId successor = idOfOwners();
    SessionLookup.Live<Account> live = live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            SECOND.user(),
            () -> connector.updateSession(successor, id, live, changed(live)),
            () -> isOnBoth(successor, StoredEntry.Live.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertMoved(id, successor);
  }

  /**
   * As after a remap by another node that was undone. The first attempt leaves its intent behind,
   * and the next one, on what it finds there, meets it under the new id.
   */
  @Test
  void remap_intentMadeAgainForSessionThatIsWrittenAgain_isWritten() throws Exception {
    SessionId id = created();
    SessionId successor = idOfOwners();
    SessionLookup.Live<Account> live = live(id);
    writeAgain(id);

    WriteSessionResult<Account> result =
        madeAgain(
            SECOND.user(),
            () -> connector.updateSession(successor, id, live, changed(live)),
            () -> isOnBoth(successor, StoredEntry.Live.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertMoved(id, successor);
  }

  @Test
  void remap_commitMadeAgain_isWritten() throws Exception {
    SessionId id = created();
    SessionId successor = idOfOwners();
    SessionLookup.Live<Account> live = live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            FIRST.user(),
            () -> connector.updateSession(successor, id, live, changed(live)),
            () -> isOnBoth(id, StoredEntry.Moved.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertMoved(id, successor);
  }

  /** The new id cannot be created again; the remap was made all the same. */
  @Test
  void remap_commitMadeAgainAfterTheSessionEnded_isWritten() throws Exception {
    SessionId id = created();
    SessionId successor = idOfOwners();
    SessionLookup.Live<Account> live = live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            FIRST.user(),
            () -> connector.updateSession(successor, id, live, changed(live)),
            () -> isOnBoth(id, StoredEntry.Moved.class),
            () -> over(backup).endSession(live.session().handle(), id));

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(connector.lookUpSession(successor)).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void write_madeAgain_isWritten() throws Exception {
    SessionId id = created();
    SessionLookup.Live<Account> live = live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            SECOND.user(),
            () -> connector.writeSession(id, live, changed(live)),
            () -> isOnBoth(id, stored -> text(stored).contains(SECOND.user())),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertThat(live(id).session().data()).isEqualTo(SECOND);
  }

  @Test
  void end_madeAgain_isWritten() throws Exception {
    SessionId id = created();
    SessionLookup.Live<Account> live = live(id);

    madeAgain(
        FIRST.user(),
        () -> {
          connector.endSession(live.session().handle(), id);
          return true;
        },
        () -> isOnBoth(id, StoredEntry.Ended.class),
        () -> {});

    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Ended.class);
  }

  /**
   * @param text what the message carries that asks for the write
   * @param isMade whether both owners have the write
   * @param meanwhile done then, before anybody knows that the primary owner is dead
   */
  private <T> T madeAgain(
      String text, Supplier<T> write, Supplier<Boolean> isMade, Runnable meanwhile)
      throws Exception {
    SimulatedNetwork network = cluster.network();
    network.watch(
        caller.address(),
        primary.address(),
        text,
        () -> network.cut(primary.address(), caller.address()));
    Watch again = network.watch(caller.address(), backup.address(), text, () -> {});

    CompletableFuture<T> result = CompletableFuture.supplyAsync(write);
    Awaitility.await("both owners to have the write")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(isMade::get);
    assertThat(result).isNotDone();
    meanwhile.run();
    cluster.bury(primary);

    T answer = result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(again.seen()).as("attempts on the other owner").isPositive();
    cluster.awaitWhole();
    // Otherwise it would wait for an answer of the others before it is gone.
    cluster.notice(List.of(primary));
    return answer;
  }

  private SessionId created() {
    SessionId id = idOfOwners();
    assertThat(connector.createSession(id, connector.newSession(SessionExpiry.never(), FIRST)))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }

  private SessionRecord<Account> changed(SessionLookup.Live<Account> live) {
    return live.session().withData(SECOND);
  }

  /** The same session as another write, by the node that is the backup. */
  private void writeAgain(SessionId id) {
    byte[] before = copy(backup, id);
    StoredEntry.Live entry = (StoredEntry.Live) EntryFormat.decode(before);
    byte[] after = EntryFormat.encode(entry.writtenAgain(random.nextLong()));
    assertThat(backup.cache().entries().replace(key(id), before, new Entries.Value(after, -1)))
        .isTrue();
  }

  private SessionId idOfOwners() {
    while (true) {
      SessionId id = cookies.next(anyId -> true).id();
      DistributionInfo owners =
          caller
              .cache()
              .cache()
              .getDistributionManager()
              .getCacheTopology()
              .getDistribution(key(id));
      if (owners.primary().equals(addressOf(primary))
          && owners.writeBackups().contains(addressOf(backup))) {
        return id;
      }
    }
  }

  private static org.infinispan.remoting.transport.Address addressOf(Node node) {
    return node.cache().cache().getRpcManager().getAddress();
  }

  private boolean isOnBoth(SessionId id, Class<? extends StoredEntry> kind) {
    return isOnBoth(id, stored -> kind.isInstance(EntryFormat.decode(stored)));
  }

  private boolean isOnBoth(SessionId id, Predicate<byte[]> what) {
    byte[] here = copy(primary, id);
    byte[] there = copy(backup, id);
    return here != null && Arrays.equals(here, there) && what.test(here);
  }

  private static byte @Nullable [] copy(Node node, SessionId id) {
    String text = node.cache().cache().withFlags(Flag.CACHE_MODE_LOCAL).get(key(id));
    return text == null ? null : ByteText.bytes(text);
  }

  private static String text(byte[] stored) {
    return ByteText.of(stored);
  }

  private void assertMoved(SessionId id, SessionId successor) {
    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(live(successor).session().data()).isEqualTo(SECOND);
    assertThat(over(backup).lookUpSession(successor)).isInstanceOf(SessionLookup.Live.class);
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  private SessionLookup.Live<Account> live(SessionId id) {
    SessionLookup<Account> found = connector.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    return (SessionLookup.Live<Account>) found;
  }

  private static void awaitReady(SessionStoreConnector<Account> connector) {
    Awaitility.await().until(() -> connector.readiness() instanceof Readiness.Ready);
  }

  private static String key(SessionId id) {
    return NAMESPACE + id.stored();
  }

  private SessionStoreConnector<Account> over(Node node) {
    return new InfinispanSessionStoreConnector<>(
        node.cache(), NAMESPACE, new AccountCodec(), clock, random, Duration.ofMinutes(15));
  }
}
