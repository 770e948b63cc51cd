package org.typedsession.it.tests;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import org.typedsession.it.client.Http;
import org.typedsession.testing.http.Answer;

/** One browser with the cookie of one session, which goes to any node. */
final class CartClient {
  private final Http http = new Http(Duration.ofSeconds(30), ForkJoinPool.commonPool());
  private String cookie = Http.NO_COOKIE;

  /** Adds an item to the cart. The body of the answer is what is in it then. */
  Answer add(String item, URI application) throws IOException {
    Answer answer = http.send("POST", application.resolve("add?item=" + item), cookie);
    if (!answer.setCookies().isEmpty()) {
      cookie = answer.cookie();
    }
    return answer;
  }

  /** The cookie, as {@code name=value}; empty if there is none. */
  String cookie() {
    return cookie;
  }
}
