package org.typedsession.infinispan.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infinispan.AdvancedCache;
import org.infinispan.cache.impl.AbstractDelegatingAdvancedCache;
import org.infinispan.transaction.tm.EmbeddedBaseTransactionManager;
import org.infinispan.transaction.tm.EmbeddedTransaction;
import org.infinispan.transaction.tm.EmbeddedTransactionManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.entry.Entries.Remap;
import org.typedsession.infinispan.entry.Entries.Remapping;
import org.typedsession.infinispan.entry.Entries.Value;

/** The transaction that a remap is on a cache that has none. */
final class RemapTransactionTest {

  private static final Value LIVE = value("live");
  private static final Value SUCCESSOR = value("successor");
  private static final Value TOMBSTONE = value("tombstone");
  private static final Remapping REMAPPING = new Remapping("y", SUCCESSOR, "x", LIVE, TOMBSTONE);

  private final SessionCache owned =
      EmbeddedContainer.local("remaps", Members.Mode.PLAIN.configuration(false));
  private final Hooks hooks = new Hooks(Members.advanced(owned));
  private final Manager manager = new Manager();
  private final PlainEntries entries = new PlainEntries(hooks, new OwnTransactions(manager));

  @AfterEach
  void close() {
    owned.close();
  }

  /** Does something before the two steps of a remap. */
  private static final class Hooks extends AbstractDelegatingAdvancedCache<String, String> {
    private Runnable beforeReplacement = () -> {};
    private Runnable beforeCreation = () -> {};
    private Runnable afterReplacement = () -> {};

    Hooks(AdvancedCache<String, String> cache) {
      super(cache);
    }

    @Override
    @SuppressWarnings("rawtypes") // as it is declared
    public AdvancedCache rewrap(AdvancedCache newDelegate) {
      return this;
    }

    @Override
    public String putIfAbsent(String key, String value, long lifespan, TimeUnit unit) {
      beforeCreation.run();
      return super.putIfAbsent(key, value, lifespan, unit);
    }

    @Override
    public boolean replace(
        String key, String expected, String value, long lifespan, TimeUnit unit) {
      beforeReplacement.run();
      boolean made = super.replace(key, expected, value, lifespan, unit);
      afterReplacement.run();
      return made;
    }
  }

  /** A transaction manager with two phases that writes down what it did. */
  private static final class Manager extends EmbeddedBaseTransactionManager {
    private final List<String> done = new ArrayList<>();
    private Runnable beforeCommit = () -> {};

    @Override
    public void commit()
        throws RollbackException,
            HeuristicMixedException,
            HeuristicRollbackException,
            SystemException {
      beforeCommit.run();
      super.commit();
      done.add("commit");
    }

    @Override
    public void rollback() throws SystemException {
      super.rollback();
      done.add("rollback");
    }
  }

  private static Value value(String text) {
    return new Value(text, -1);
  }

  private String stored(String key) {
    return entries.get(key);
  }

  private void assertMoved() {
    assertThat(stored("x")).isEqualTo(TOMBSTONE.text());
    assertThat(stored("y")).isEqualTo(SUCCESSOR.text());
  }

  private void assertUntouched() {
    assertThat(stored("x")).isEqualTo(LIVE.text());
    assertThat(stored("y")).isNull();
  }

  @Test
  void remap_ofWhatWasRead_isCommittedOnce() {
    entries.create("x", LIVE);

    assertThat(entries.remap(REMAPPING, () -> true)).isEqualTo(Remap.WRITTEN);

    assertMoved();
    assertThat(manager.done).containsExactly("commit");
  }

  @Test
  void remap_ofSomethingElse_withdrawsItsIntent() {
    entries.create("x", value("another's"));

    assertThat(entries.remap(REMAPPING, () -> true)).isEqualTo(Remap.CHANGED);

    assertThat(stored("x")).isEqualTo(value("another's").text());
    assertThat(stored("y")).isNull();
  }

  /** The predecessor may name it by now. */
  @Test
  void remap_refusalThatSaysNothing_leavesItsIntent() {
    entries.create("x", value("another's"));

    assertThat(entries.remap(REMAPPING, () -> false)).isEqualTo(Remap.IN_DOUBT);

    assertThat(stored("y")).isEqualTo(SUCCESSOR.text());
  }

  @Test
  void remap_toATakenId_rollsBackAndTouchesNothing() {
    entries.create("x", LIVE);
    entries.create("y", value("another's"));

    assertThat(entries.remap(REMAPPING, () -> true)).isEqualTo(Remap.TAKEN);

    assertThat(stored("x")).isEqualTo(LIVE.text());
    assertThat(stored("y")).isEqualTo(value("another's").text());
    assertThat(manager.done).containsExactly("rollback");
  }

  @Test
  void remap_failureOfTheReplacement_comesOutAndLeavesTheIntent() {
    entries.create("x", LIVE);
    IllegalStateException failure = new IllegalStateException("no answer");
    hooks.beforeReplacement =
        () -> {
          throw failure;
        };

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> entries.remap(REMAPPING, () -> true))
        .isSameAs(failure);

    assertThat(stored("y")).as("the replacement may have been made").isEqualTo(SUCCESSOR.text());
    assertThat(manager.getTransaction()).isNull();
  }

  /** It may be there none the less, so nobody may say that nothing was written. */
  @Test
  void remap_failureOfTheIntent_comesOut() {
    entries.create("x", LIVE);
    IllegalStateException failure = new IllegalStateException("no answer");
    hooks.beforeCreation =
        () -> {
          throw failure;
        };

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> entries.remap(REMAPPING, () -> true))
        .isSameAs(failure);

    assertThat(stored("x")).isEqualTo(LIVE.text());
    assertThat(manager.getTransaction()).isNull();
  }

  @Test
  void remap_inACallersTransaction_isNoPartOfIt() throws Exception {
    entries.create("x", LIVE);
    manager.begin();
    EmbeddedTransaction callers = manager.getTransaction();

    assertThat(entries.remap(REMAPPING, () -> true)).isEqualTo(Remap.WRITTEN);
    assertThat(manager.getTransaction()).isSameAs(callers);
    assertThat(callers.getStatus()).isEqualTo(Status.STATUS_ACTIVE);
    manager.rollback();

    assertMoved();
  }

  /** As when its time is over. */
  @Test
  void remap_rolledBackBeforeTheVote_changesNothing() {
    entries.create("x", LIVE);
    manager.beforeCommit = () -> rollbackElsewhere(manager.getTransaction());

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> entries.remap(REMAPPING, () -> true));

    assertUntouched();
    assertThat(manager.getTransaction()).isNull();
  }

  @Test
  void remap_rolledBackWhileItIntends_changesNothing() {
    entries.create("x", LIVE);
    hooks.beforeCreation = () -> rollbackElsewhere(manager.getTransaction());

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> entries.remap(REMAPPING, () -> true));

    assertUntouched();
  }

  /** The replacement is on its way: a withdrawal could leave no session at all. */
  @Test
  void remap_rolledBackDuringTheVote_counts() throws Exception {
    entries.create("x", LIVE);
    List<RemapTransaction> enlisted = new ArrayList<>();
    manager.beforeCommit =
        () ->
            manager
                .getTransaction()
                .getEnlistedResources()
                .forEach(resource -> enlisted.add((RemapTransaction) resource));
    hooks.beforeReplacement = () -> enlisted.forEach(resource -> resource.rollback(null));

    assertThat(entries.remap(REMAPPING, () -> true)).isEqualTo(Remap.WRITTEN);

    assertThat(enlisted).hasSize(1);
    assertMoved();
  }

  // As of a server that is out of memory.
  @Test
  void remap_errorDuringTheReplacement_isNotSaidToBeNotMade() {
    entries.create("x", LIVE);
    hooks.afterReplacement =
        () -> {
          throw new OutOfMemoryError("staged");
        };

    Throwable thrown = catchThrowable(() -> entries.remap(REMAPPING, () -> true));

    assertMoved();
    assertThat(thrown).isInstanceOf(OutOfMemoryError.class);
    assertThat(manager.getTransaction()).isNull();
  }

  @Test
  void remap_interrupted_isMade() {
    entries.create("x", LIVE);
    Entries plain = Entries.plain(Members.advanced(owned));
    Thread.currentThread().interrupt();

    Remap made = plain.remap(REMAPPING, () -> true);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(made).isEqualTo(Remap.WRITTEN);
    assertMoved();
    assertThat(EmbeddedTransactionManager.getInstance().getTransaction()).isNull();
  }

  private static void rollbackElsewhere(EmbeddedTransaction transaction) {
    CompletableFuture.runAsync(
            () -> {
              try {
                transaction.rollback();
              } catch (SystemException e) {
                throw new IllegalStateException(e);
              }
            })
        .join();
  }
}
