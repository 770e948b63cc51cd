package org.typedsession.servlet.filterapp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.typedsession.Session;
import org.typedsession.servlet.RequestSessions;
import org.typedsession.testkit.Account;

/** What applications do with sessions rather than with responses. */
final class SessionScenarios {
  private SessionScenarios() {}

  static Map<String, Scenario> all() {
    Map<String, Scenario> all = new TreeMap<>();
    all.put(
        "account",
        visit -> {
          Session<Account> account = visit.account();
          Account data = account.data();
          visit
              .response()
              .getWriter()
              .print(
                  account.isNew() ? "none" : data.user() + "," + data.left() + "," + data.right());
        });
    all.put("untouched", visit -> visit.response().getWriter().print("untouched"));
    all.put(
        "save-throw",
        visit -> {
          visit.change();
          visit.account().save();
          visit.account().update(data -> data.addLeft(100));
          throw new ScenarioException("thrown after save");
        });
    all.put(
        "save-throw-other",
        visit -> {
          visit.change();
          visit.account().save();
          throw new IllegalStateException("thrown after save, without an error page");
        });
    all.put(
        "save-swallow",
        visit -> {
          visit.change();
          visit.attempt(() -> visit.account().save());
        });
    all.put(
        "note",
        visit -> {
          visit.note().set(visit.parameter("text", "text"));
          visit.change();
        });
    all.put("read-note", visit -> visit.response().getWriter().print(visit.note().data()));
    all.put(
        "cache-control",
        visit -> {
          visit.response().setHeader("Cache-Control", visit.parameter("first", "private"));
          visit.response().addHeader("Cache-Control", visit.parameter("second", "max-age=60"));
          visit.change();
        });
    all.put(
        "surrogate-control",
        visit -> {
          visit.response().setHeader("Surrogate-Control", visit.parameter("first", "max-age=60"));
          visit.change();
        });
    all.put(
        "delete-and-read",
        visit -> {
          visit.account().delete();
          visit.account().delete();
          Account data = visit.account().data();
          visit.response().getWriter().print(data.user() + "," + visit.account().isNew());
        });
    all.put(
        "delete-and-discard",
        visit -> {
          visit.account().delete();
          visit.account().discard();
        });
    all.put(
        "delete-note",
        visit -> {
          visit.change();
          visit.note().delete();
        });
    all.put("body", SessionScenarios::body);
    all.put(
        "end-all",
        visit -> visit.state().accounts().store().endAll(visit.parameter("user", "anna")));
    all.put("end-others", visit -> visit.state().accounts().store().endOthers(visit.account()));
    all.put(
        "sessions",
        visit ->
            visit
                .response()
                .getWriter()
                .print(visit.state().accounts().store().count(visit.parameter("user", "anna"))));
    all.put("keep", visit -> visit.state().kept().put("kept", visit.account()));
    all.put("use-kept", SessionScenarios::useKept);
    all.put("objects", SessionScenarios::objects);
    all.put("go-on-after-error", SessionScenarios::goOnAfterError);
    all.put("container-session", visit -> visit.response().getWriter().print(names(visit)));
    return all;
  }

  private static void body(Visit visit) throws IOException {
    visit.account().update(data -> data.addLeft(1));
    byte[] body = visit.request().getInputStream().readAllBytes();
    visit.response().getWriter().print(new String(body, StandardCharsets.UTF_8));
  }

  private static void useKept(Visit visit) throws IOException {
    visit.account().update(data -> data.addLeft(1));
    Session<Account> kept = Objects.requireNonNull(visit.state().kept().get("kept"));
    visit.attempt(() -> kept.update(data -> data.addRight(1)));
    visit.response().getWriter().print(kept.data().user());
  }

  private static void objects(Visit visit) throws IOException {
    RequestSessions sessions = Visit.sessions();
    String first = sessions.computeIfAbsent("key", () -> "made");
    String second = sessions.computeIfAbsent("key", () -> "made again");
    sessions.onEnd(
        () ->
            visit
                .state()
                .remark("first registered, sees " + Optional.ofNullable(sessions.get("key"))));
    sessions.onEnd(
        () -> {
          visit.state().remark("last registered");
          throw new ScenarioException("thrown at the end");
        });
    visit.response().getWriter().print(first + ", " + second);
  }

  // Some containers dispatch to the error page inside of sendError, and others later.
  private static void goOnAfterError(Visit visit) throws IOException {
    RequestSessions sessions = Visit.sessions();
    String made = sessions.computeIfAbsent("key", () -> "made");
    visit.response().sendError(418);
    visit.attempt(
        () ->
            visit
                .state()
                .remark(made.equals(sessions.get("key")) + ", note=" + visit.note().data()));
  }

  private static String names(Visit visit) {
    visit.change();
    return String.valueOf(visit.request().getSession(false));
  }
}
