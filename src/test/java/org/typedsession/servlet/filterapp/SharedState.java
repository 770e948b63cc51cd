package org.typedsession.servlet.filterapp;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.typedsession.Session;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionHandle;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.servlet.SessionCookieSettings;
import org.typedsession.spi.SessionCodec;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.Barrier;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.StringCodec;

/**
 * The stores of the filter application, and what its servlets and its client leave for each other.
 */
final class SharedState {
  private static final int SESSIONS_PER_PRINCIPAL = 3;

  private final SecureRandom random = new SecureRandom();
  private final RecordingConnector<Account> accountConnector = connector(new AccountCodec());
  private final SessionBinding<Account> accounts =
      new SessionBinding<>(
          store(accountConnector, new AccountCodec(), Account.class, Account.EMPTY, false),
          cookie("account", false));
  // Text declares no privilege, so every change of it is one.
  private final SessionBinding<String> notes =
      new SessionBinding<>(
          store(connector(new StringCodec()), new StringCodec(), String.class, "", true),
          cookie("note", true));
  private final List<String> remarks = new ArrayList<>();
  private final Map<String, Session<Account>> kept = new ConcurrentHashMap<>();
  private final Map<String, Barrier> barriers = new ConcurrentHashMap<>();

  SessionBinding<Account> accounts() {
    return accounts;
  }

  SessionBinding<String> notes() {
    return notes;
  }

  /** Through which all accounts go. */
  RecordingConnector<Account> accountConnector() {
    return accountConnector;
  }

  /** Notes what a scenario wants to say, also when the response has been sent. */
  void remark(String text) {
    synchronized (remarks) {
      remarks.add(text);
      remarks.notifyAll();
    }
  }

  void clearRemarks() {
    synchronized (remarks) {
      remarks.clear();
    }
  }

  /**
   * Waits until there are {@code count} remarks, since a client may see the end of a response
   * before the scenario has ended.
   *
   * @return what there is at last, by line
   */
  String awaitRemarks(int count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    synchronized (remarks) {
      try {
        long left;
        while (remarks.size() < count && (left = deadline - System.nanoTime()) > 0) {
          TimeUnit.NANOSECONDS.timedWait(remarks, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return String.join("\n", remarks);
    }
  }

  /** Sessions that outlive their request, as they should not. */
  Map<String, Session<Account>> kept() {
    return kept;
  }

  /** Where requests stop, by name. */
  Map<String, Barrier> barriers() {
    return barriers;
  }

  private <D> RecordingConnector<D> connector(SessionCodec<D> codec) {
    return new RecordingConnector<>(
        new MemorySessionStoreConnector<>(
            codec,
            InstantSource.system(),
            () -> SessionHandle.random(random),
            Duration.ofMinutes(15)));
  }

  private <D> DefaultSessionStore<D> store(
      RecordingConnector<D> connector,
      SessionCodec<D> codec,
      Class<D> type,
      D initial,
      boolean persistent) {
    SessionPolicy usual = SessionPolicy.DEFAULT;
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            connector,
            codec,
            PrivilegeRule.of(type),
            () -> initial,
            usual.toBuilder()
                .persistentCookie(persistent)
                .limit(new SessionLimit(SESSIONS_PER_PRINCIPAL, WhenReached.REFUSE))
                .build(),
            new RandomSessionCookieGenerator(random),
            InstantSource.system(),
            random,
            event -> {}));
  }

  private static SessionCookieSettings cookie(String name, boolean persistent) {
    // Plain HTTP, hence neither Secure nor a prefix.
    return new SessionCookieSettings(
        SessionCookieConfiguration.builder().name(name).secure(false).build(), persistent);
  }
}
