package org.typedsession.it.client.load;

import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.net.HttpCookie;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCookieValue;
import org.typedsession.testkit.history.History;
import org.typedsession.testkit.history.SessionAnswer;
import org.typedsession.testkit.history.SessionCall;

/**
 * Puts what the example answers into the words of a {@link History}, and notices what needs no
 * history to be wrong.
 */
final class Recorder {
  private static final int LONGEST_BODY = 2_000;

  private final Queue<HeldCookie> issued = new ConcurrentLinkedQueue<>();
  private final Queue<String> anomalies = new ConcurrentLinkedQueue<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final AtomicInteger logouts = new AtomicInteger();

  /**
   * What a user has sent.
   *
   * @param user the name to log in with
   */
  record Sent(Node node, Action action, @Nullable HeldCookie held, String user) {}

  /**
   * What a browser is to make of a reply.
   *
   * @param issued the cookie that it was given
   * @param removed whether its cookie was removed
   * @param denied whether there was said to be no session for the cookie that it had
   */
  record Received(Outcome outcome, Optional<HeldCookie> issued, boolean removed, boolean denied) {
    static Received of(Outcome outcome) {
      return new Received(outcome, Optional.empty(), false, false);
    }
  }

  /** Every cookie that was given out. */
  List<HeldCookie> issued() {
    return List.copyOf(issued);
  }

  List<String> anomalies() {
    return List.copyOf(anomalies);
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  /** How many sessions were told to end, and that they had. */
  int logouts() {
    return logouts.get();
  }

  /** Writes down how {@code running} came out. */
  Received write(History.Running running, Sent sent, Reply reply) {
    Outcome outcome = reply.outcome();
    try {
      if (outcome == Outcome.SERVED) {
        return served(running, sent, reply);
      }
    } catch (JsonException e) {
      anomaly(sent, "the body cannot be read: " + e.getMessage());
      outcome = Outcome.ERROR;
    }
    if (outcome == Outcome.ERROR) {
      String body = reply.body();
      errors.add(
          "%s at %s: %s %s"
              .formatted(
                  sent.action(),
                  sent.node().name(),
                  reply.status().isPresent() ? reply.status().getAsInt() : "-",
                  body.length() > LONGEST_BODY ? body.substring(0, LONGEST_BODY) : body));
    }
    if (reply.cookie().isPresent() && outcome != Outcome.NOT_THERE) {
      // The winner's cookie, or the one that still is good, would be overwritten.
      anomaly(sent, "a refusal sets a cookie");
    }
    if (outcome != Outcome.CONFLICT) {
      unanswered(running, sent);
    } else if (sent.action() == Action.LOOK || sent.action() == Action.LOG_OUT) {
      anomaly(sent, "a conflict of what competes with nothing");
      unanswered(running, sent);
    } else {
      refused(running, sent);
    }
    return Received.of(outcome);
  }

  private void refused(History.Running running, Sent sent) {
    HeldCookie held = sent.held();
    if (held == null) {
      anomaly(sent, "a conflict without a session");
      running.forget();
    } else {
      running.end(
          held.session().handle(),
          sent.action().call(held.id(), Optional.empty()),
          SessionAnswer.conflict());
    }
  }

  private void unanswered(History.Running running, Sent sent) {
    HeldCookie held = sent.held();
    if (held == null) {
      // It may have begun a session, which nobody will ever use.
      running.forget();
      return;
    }
    SessionCall call = sent.action().call(held.id(), Optional.empty());
    if (sent.action() == Action.LOOK) {
      running.end(held.session().handle(), call, SessionAnswer.unavailable());
    } else {
      running.unknown(held.session().handle(), call);
    }
  }

  private Received served(History.Running running, Sent sent, Reply reply) {
    Optional<JsonObject> session = reply.session();
    Optional<HttpCookie> cookie = reply.cookie();
    boolean removed = cookie.isPresent() && cookie.get().getMaxAge() == 0;
    if (sent.action() == Action.LOG_OUT || session.isEmpty()) {
      if (cookie.isPresent() && !removed) {
        anomaly(sent, "a cookie for no session");
      }
      boolean denied = noSession(running, sent, session);
      return new Received(Outcome.SERVED, Optional.empty(), removed, denied);
    }
    if (cookie.isEmpty() || removed) {
      sameId(running, sent, session.get());
      return new Received(Outcome.SERVED, Optional.empty(), removed, false);
    }
    HeldCookie held = sent.held();
    if (held != null && held.session().handle().equals(session.get().getString("handle"))) {
      return newId(running, sent, held, cookie.get(), session.get());
    }
    return newSession(running, sent, cookie.get(), session.get());
  }

  private boolean noSession(History.Running running, Sent sent, Optional<JsonObject> session) {
    HeldCookie held = sent.held();
    if (held == null) {
      running.forget();
      return false;
    }
    SessionCall call = sent.action().call(held.id(), Optional.empty());
    if (sent.action() == Action.LOG_OUT) {
      if (session.isPresent()) {
        anomaly(sent, "a session after the logout");
      }
      held.session().acknowledgeEnd();
      logouts.incrementAndGet();
      running.end(held.session().handle(), call, SessionAnswer.done());
      return false;
    }
    if (sent.action().begins()) {
      anomaly(sent, "no session begun");
      running.unknown(held.session().handle(), call);
      return false;
    }
    running.end(held.session().handle(), call, SessionAnswer.none());
    return true;
  }

  private void sameId(History.Running running, Sent sent, JsonObject session) {
    HeldCookie held = sent.held();
    if (held == null) {
      anomaly(sent, "a session without a cookie");
      running.forget();
      return;
    }
    SessionCall call = sent.action().call(held.id(), Optional.empty());
    if (!held.session().handle().equals(session.getString("handle"))) {
      anomaly(sent, "another's session");
      running.unknown(held.session().handle(), call);
      return;
    }
    if (!held.id().equals(session.getString("id"))) {
      anomaly(sent, "another id and no cookie for it");
    }
    if (!held.user().equals(user(session))) {
      anomaly(sent, "the user %s instead of %s".formatted(user(session), held.user()));
    }
    int count = session.getInt("count");
    switch (sent.action()) {
      case LOOK -> running.end(held.session().handle(), call, SessionAnswer.found(count));
      case CLICK -> running.end(held.session().handle(), call, SessionAnswer.done(count));
      default -> {
        anomaly(sent, "no new id");
        running.unknown(held.session().handle(), call);
      }
    }
  }

  private Received newId(
      History.Running running, Sent sent, HeldCookie held, HttpCookie cookie, JsonObject session) {
    Optional<String> user = sent.action() == Action.LOG_IN ? Optional.of(sent.user()) : held.user();
    if (!user.equals(user(session))) {
      anomaly(sent, "the user %s instead of %s".formatted(user(session), user));
    }
    HeldCookie successor = issue(sent, cookie, session, held.session(), user);
    held.session().acknowledge(successor);
    if (!sent.action().mayEndTheId()) {
      anomaly(sent, "a new id that nobody asked for");
    }
    running.end(
        held.session().handle(),
        SessionCall.rotate(held.id(), successor.id()),
        SessionAnswer.done(session.getInt("count")));
    return new Received(Outcome.SERVED, Optional.of(successor), false, false);
  }

  private Received newSession(
      History.Running running, Sent sent, HttpCookie cookie, JsonObject session) {
    HeldCookie held = sent.held();
    int count = session.getInt("count");
    if (!sent.action().begins() || count != (sent.action() == Action.CLICK ? 1 : 0)) {
      anomaly(sent, "a session that begins with " + session);
    }
    VisitedSession visited = new VisitedSession(session.getString("handle"));
    HeldCookie first = issue(sent, cookie, session, visited, user(session));
    visited.acknowledge(first);
    if (held != null) {
      running.also(
          held.session().handle(),
          sent.action().call(held.id(), Optional.empty()),
          SessionAnswer.none());
    }
    running.end(visited.handle(), SessionCall.create(first.id(), count), SessionAnswer.done());
    return new Received(Outcome.SERVED, Optional.of(first), false, held != null);
  }

  private HeldCookie issue(
      Sent sent,
      HttpCookie cookie,
      JsonObject session,
      VisitedSession visited,
      Optional<String> user) {
    String id =
        SessionCookieValue.parse(cookie.getValue())
            .map(value -> value.id().toString())
            .orElse("unreadable");
    if (!id.equals(session.getString("id"))) {
      anomaly(sent, "a cookie of the id %s for the id %s".formatted(id, session.getString("id")));
    }
    HeldCookie held = new HeldCookie(cookie.getName() + "=" + cookie.getValue(), id, visited, user);
    issued.add(held);
    return held;
  }

  private static Optional<String> user(JsonObject session) {
    return session.isNull("name") ? Optional.empty() : Optional.of(session.getString("name"));
  }

  private void anomaly(Sent sent, String what) {
    anomalies.add(
        "%s at %s with %s: %s".formatted(sent.action(), sent.node().name(), sent.held(), what));
  }
}
