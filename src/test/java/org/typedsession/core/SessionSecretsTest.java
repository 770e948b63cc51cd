package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector.Operation;

/** That what opens a session is nowhere but in its cookie. */
final class SessionSecretsTest {
  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
  private final Logger logger = Logger.getLogger("org.typedsession");
  private final Level before = logger.getLevel();
  // Threads that earlier tests left may log as well.
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          told.add(new SimpleFormatter().format(logged));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void logEverything() {
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
  }

  @AfterEach
  void logAsBefore() {
    logger.removeHandler(handler);
    logger.setLevel(before);
  }

  @Test
  void life_ofASession_tellsNeitherASecretNorWhatTheStoreKnowsItBy() {
    List<SessionCookieValue> cookies = new ArrayList<>();
    cookies.add(world.stored(Account.EMPTY));
    OpenSession<Account> login = world.open(cookies.get(0));
    login.login("anna");
    cookies.add(cookieValue(login.complete()));
    OpenSession<Account> conflict = world.open(cookies.get(1));
    OpenSession<Account> faster = world.open(cookies.get(1));
    faster.rotateId();
    cookies.add(cookieValue(faster.complete()));
    conflict.set(Account.EMPTY.addLeft(1));
    tell(
        assertThatExceptionOfType(SessionConflictException.class)
            .isThrownBy(conflict::complete)
            .actual());
    world.connector.fail(Operation.LOOK_UP);
    tell(
        assertThatExceptionOfType(SessionStoreUnavailableException.class)
            .isThrownBy(() -> world.store.load(cookies.get(2).reveal()))
            .actual());
    world.clock.advance(SessionPolicy.DEFAULT.replayAfter());
    world.open(cookies.get(0));
    OpenSession<Account> logout = world.open(cookies.get(2));
    told.add(logout.toString());
    logout.delete();
    told.add(logout.complete().toString());
    world.events.forEach(event -> told.add(event.toString()));

    // The log of the refusal and that of the replay, so that there was something to look at.
    assertThat(told)
        .anyMatch(text -> text.contains("TSESS0053"))
        .anyMatch(text -> text.contains("TSESS0051"))
        .allSatisfy(
            text -> {
              for (SessionCookieValue cookie : cookies) {
                assertThat(text)
                    .doesNotContain(cookie.revealSecret())
                    .doesNotContain(cookie.id().stored());
              }
            });
  }

  private void tell(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    told.add(text.toString());
  }

  @Test
  void load_whatTheStoreKnowsASessionBy_opensNothing() {
    SessionCookieValue cookie = world.stored(Account.EMPTY.addLeft(1));
    String stored = cookie.id().stored();
    int cookieLength = cookie.reveal().length();

    // The second has the form of a cookie value, and is hashed once more.
    for (String value :
        List.of(
            stored,
            stored.substring(0, cookieLength),
            stored.substring(stored.length() - cookieLength))) {
      assertThat(world.store.load(value).isNew()).as(value).isTrue();
    }
    assertThat(world.store.load(cookie.reveal()).isNew()).isFalse();
  }
}
