package org.typedsession.it.client.load;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.typedsession.it.client.load.Recorder.Received;
import org.typedsession.it.client.load.Recorder.Sent;
import org.typedsession.testkit.history.History;

/** One user at work: a request at a time. Used by one thread at a time. */
final class SimulatedUser {
  private final Load load;
  private final Browser browser;
  private final String name;
  private final Random random;
  private @Nullable Node refusing;
  // The cookie of a session that was acknowledged to be over.
  private @Nullable HeldCookie dead;
  private int logins;

  SimulatedUser(Load load, Browser browser, String name, long seed) {
    this.load = load;
    this.browser = browser;
    this.name = name;
    this.random = new Random(seed);
  }

  /** Does one thing, and tells how long it pauses then. */
  Duration act(Duration pause) {
    Node node = browser.route(random, refusing);
    HeldCookie ended = dead;
    HeldCookie held = browser.cookie();
    Sent sent =
        ended != null
            ? new Sent(node, Action.LOOK, ended, name)
            : new Sent(node, Action.any(random, held != null), held, name + " " + ++logins);
    Outcome outcome = send(sent);
    if (!outcome.isRefusal()) {
      // Somebody may have kept the cookie: who logs out wants it to open nothing, on no node.
      dead = sent.action() == Action.LOG_OUT ? sent.held() : null;
    }
    // After a refusal the same cookie goes to another node, and the pause gives it time.
    refusing = outcome.isRefusal() ? sent.node() : null;
    long most = 2 * pause.toNanos() + 1;
    return Duration.ofNanos((long) (random.nextDouble() * most))
        .plus(outcome.isRefusal() ? Load.RETRY : Duration.ZERO);
  }

  private Outcome send(Sent sent) {
    HeldCookie held = sent.held();
    VisitedSession session = held == null ? null : held.session();
    boolean mayEnd = sent.action().mayEndTheId() && session != null;
    boolean mustBeLive = held != null && held.session().mustBeLive(held);
    if (mayEnd) {
      session.beginWhatMayEnd();
    }
    Duration begin = load.now();
    History.Running running = load.history().begin(name, sent.node().name());
    Received received = null;
    try {
      String query = sent.action() == Action.LOG_IN ? "?name=" + sent.user().replace(' ', '+') : "";
      received =
          load.recorder().write(running, sent, load.send(sent.node(), sent.action(), query, held));
    } finally {
      running.forget();
      if (mayEnd) {
        session.endWhatMayEnd(received != null && !received.outcome().isRefusal());
      }
    }
    Duration end = load.now();
    boolean lost = mustBeLive && received.denied() && held.session().mustBeLive(held);
    Outcome outcome = lost ? Outcome.LOST : received.outcome();
    if (held == null || !held.equals(dead)) {
      follow(held, received, end);
    } // Otherwise the browser has forgotten that cookie.
    load.timeline().add(new Timeline.Sample(name, sent.node().name(), begin, end, outcome));
    return outcome;
  }

  private void follow(@Nullable HeldCookie held, Received received, Duration now) {
    if (received.issued().isPresent()) {
      HeldCookie issued = received.issued().get();
      issued.session().answered(now);
      browser.set(issued);
    } else if (received.removed()) {
      browser.set(null);
    } else if (held != null && received.denied()) {
      browser.drop(held);
    } else if (held != null && !received.outcome().isRefusal()) {
      held.session().answered(now);
    }
  }
}
