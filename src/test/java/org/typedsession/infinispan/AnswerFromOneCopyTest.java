package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;

/**
 * Answers that rest on what the primary owner alone has, while the message by which it tells the
 * backup is on its way.
 */
final class AnswerFromOneCopyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CastOfThree cast =
      new CastOfThree(1, Members.impatient(Members.Mode.PLAIN.configuration(true)));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SessionId id = cast.created(Account.EMPTY);
  private final Hold late =
      cast.cluster()
          .network()
          .holdOne(cast.primary().address(), cast.backup().address(), CastOfThree.key(id), 1);

  @AfterEach
  void stop() {
    late.release();
    threads.shutdownNow();
    cast.close();
  }

  /** Which finds that another logout has ended the session, and the other has no answer yet. */
  @Test
  void logout_whileAnotherIsNotReplicated_isOverOnTheBackupWhenItIsAcknowledged() {
    SessionHandle handle = cast.live(id).session().handle();
    SessionStoreConnector<Account> connector = cast.over(cast.primary());
    CompletableFuture<Boolean> first = tried(() -> ended(cast.connector(), handle));
    await("the end at the primary owner", () -> entry(cast.primary()) instanceof StoredEntry.Ended);

    boolean acknowledged = tried(() -> ended(connector, handle)).join();
    boolean isLive =
        cast.over(cast.backup()).lookUpSession(id) instanceof SessionLookup.Live<Account>;
    late.release();
    first.join();

    assertThat(acknowledged && isLive).as("acknowledged, and live").isFalse();
  }

  /** Another was built on it; neither has reached the backup when the primary owner dies. */
  @Test
  void write_thatAnotherWasBuiltOn_isKeptWhenItIsAcknowledged() {
    Node bystander = cast.bystander();
    SessionLookup.Live<Account> begin = cast.live(id);
    CompletableFuture<Boolean> first = tried(() -> write(cast.caller(), begin, 1));
    SessionStoreConnector<Account> connector = cast.over(cast.primary());
    await(
        "the write at the primary owner",
        () ->
            connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live
                && live.session().data().left() == 1);
    // As the primary owner has it: one that is slow to answer is not alone in being asked.
    SessionLookup.Live<Account> next = (SessionLookup.Live<Account>) connector.lookUpSession(id);
    CompletableFuture<Boolean> second = tried(() -> write(bystander, next, 2));
    await(
        "the write on top of it",
        () ->
            connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live
                && live.session().data().left() == 2);

    boolean acknowledged = first.join();
    primaryDies();
    acknowledged |= second.join();

    assertThat(cast.over(cast.backup()).readSession(id).orElseThrow().data().left())
        .isGreaterThanOrEqualTo(acknowledged ? 1 : 0);
  }

  // Also where it says that it was not this call that has ended it.
  private boolean ended(SessionStoreConnector<Account> connector, SessionHandle handle) {
    connector.endSession(handle, id);
    return true;
  }

  private boolean write(Node node, SessionLookup.Live<Account> live, int value) {
    return cast.over(node)
            .writeSession(id, live, live.session().withData(new Account("somebody", value, 0)))
        instanceof WriteSessionResult.Written;
  }

  /** Whether it was acknowledged. */
  private CompletableFuture<Boolean> tried(Supplier<Boolean> operation) {
    return CompletableFuture.supplyAsync(operation, threads)
        .exceptionally(
            failure -> {
              if (failure instanceof CompletionException wrapped
                  && wrapped.getCause() instanceof SessionStoreUnavailableException) {
                return false;
              }
              throw new AssertionError(failure);
            });
  }

  private void primaryDies() {
    cast.bury(cast.primary());
    cast.awaitWholeWithout(cast.primary());
  }

  private StoredEntry entry(Node node) {
    String text = CastOfThree.copy(node, id);
    assertThat(text).isNotNull();
    return EntryFormat.decode(text);
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
