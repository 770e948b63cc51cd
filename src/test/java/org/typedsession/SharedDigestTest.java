package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What a thread hashes does not depend on what it failed to hash before. */
final class SharedDigestTest {
  private static final String VALUE = "AAA" + "abcdefghijklmnopqrstuvwxyzABCDEF";

  @Test
  void parse_afterAnOverflowOfTheStack_hasTheSameId() throws InterruptedException {
    SessionId expected = SessionCookieValue.parse(VALUE).orElseThrow().id();
    Set<SessionId> found = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < 2_000; round++) {
      Thread thread =
          new Thread(
              null,
              () -> {
                SessionCookieValue.parse(VALUE);
                try {
                  overflow();
                } catch (StackOverflowError e) {
                  // The container answers 500, and keeps the thread.
                }
                found.add(SessionCookieValue.parse(VALUE).orElseThrow().id());
              },
              "request",
              160 * 1024 + round % 97 * 256L);
      thread.start();
      thread.join();
    }

    assertThat(found).containsExactly(expected);
  }

  @SuppressWarnings("InfiniteRecursion") // the stack has to end
  private static void overflow() {
    SessionCookieValue.parse(VALUE);
    overflow();
  }
}
