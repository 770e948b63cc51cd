package org.typedsession.servlet.filterapp;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Forwards, includes and the error page. */
final class DispatchScenarios {
  private DispatchScenarios() {}

  static Map<String, Scenario> all() {
    Map<String, Scenario> all = new TreeMap<>();
    all.put("forward", changeAndForward("/scenario/target"));
    all.put("forward-large", changeAndForward("/scenario/large-target"));
    all.put("forward-static", changeAndForward("/big.txt"));
    all.put("forward-missing", changeAndForward("/missing.txt"));
    all.put("forward-named", DispatchScenarios::forwardNamed);
    all.put("forward-change-inside", visit -> forward(visit, "/scenario/changing-target"));
    all.put(
        "forward-change-after",
        visit -> {
          visit.account().data();
          forward(visit, "/scenario/target");
          visit.attempt(visit::change);
        });
    all.put("include-small", changeAndInclude("/scenario/target"));
    all.put("include-large", changeAndInclude("/scenario/large-target"));
    all.put("include-flush", changeAndInclude("/scenario/flushing-target"));
    all.put("include-nested", changeAndInclude("/scenario/including-target"));
    all.put("include-change-inside", visit -> include(visit, "/scenario/changing-target"));
    all.put(
        "include-change-inside-large", visit -> include(visit, "/scenario/changing-large-target"));
    all.put("include-large-context", DispatchScenarios::includeByContext);
    all.put(
        "include-reset",
        visit -> {
          visit.change();
          include(visit, "/scenario/target");
          visit.response().reset();
          visit.response().getWriter().print("after reset");
        });
    all.put(
        "include-change-after",
        visit -> {
          visit.change();
          include(visit, "/scenario/target");
          visit.attempt(visit::change);
        });
    all.put("target", visit -> visit.response().getWriter().print("target"));
    all.put("large-target", Visit::overflow);
    all.put(
        "flushing-target",
        visit -> {
          visit.response().getWriter().print("target");
          visit.response().flushBuffer();
        });
    all.put("including-target", visit -> include(visit, "/scenario/large-target"));
    all.put(
        "changing-target",
        visit -> {
          visit.change();
          visit.response().getWriter().print("target");
        });
    all.put(
        "changing-large-target",
        visit -> {
          visit.change();
          visit.overflow();
        });
    all.put("error-page", DispatchScenarios::errorPage);
    all.put("twice", Visit::change);
    return all;
  }

  private static Scenario changeAndForward(String path) {
    return visit -> {
      visit.change();
      forward(visit, path);
    };
  }

  private static Scenario changeAndInclude(String path) {
    return visit -> {
      visit.change();
      include(visit, path);
      visit.response().getWriter().print("included");
    };
  }

  private static void forward(Visit visit, String path) throws ServletException, IOException {
    visit.request().getRequestDispatcher(path).forward(visit.request(), visit.response());
  }

  private static void include(Visit visit, String path) throws ServletException, IOException {
    visit.request().getRequestDispatcher(path).include(visit.request(), visit.response());
  }

  private static void forwardNamed(Visit visit) throws ServletException, IOException {
    if (visit.request().getAttribute("forwarded") != null) {
      visit.response().getWriter().print("target");
      return;
    }
    visit.change();
    visit.request().setAttribute("forwarded", true);
    RequestDispatcher named = visit.request().getServletContext().getNamedDispatcher("scenarios");
    named.forward(visit.request(), visit.response());
  }

  private static void includeByContext(Visit visit) throws ServletException, IOException {
    visit.change();
    visit
        .request()
        .getServletContext()
        .getRequestDispatcher("/scenario/large-target")
        .include(visit.request(), visit.response());
  }

  private static void errorPage(Visit visit) throws IOException {
    visit.state().remark("page sees left=" + visit.account().data().left());
    visit.attempt(visit::change);
    visit.response().getWriter().print("error page");
  }
}
