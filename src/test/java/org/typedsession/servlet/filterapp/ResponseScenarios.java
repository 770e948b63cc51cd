package org.typedsession.servlet.filterapp;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import org.typedsession.SessionConflictException;
import org.typedsession.spi.OpenSession;

/** Changes the session and brings the response to its end, in one of the many ways there are. */
final class ResponseScenarios {
  private static final int EUROS = 20_000;

  private ResponseScenarios() {}

  @SuppressWarnings("DefaultCharset") // what is written is ASCII
  static Map<String, Scenario> all() {
    Map<String, Scenario> all = new TreeMap<>();
    all.put("empty", Visit::change);
    all.put("small", changeAnd(response -> response.getWriter().println("small")));
    all.put(
        "throw",
        visit -> {
          visit.change();
          throw new ScenarioException("thrown");
        });
    all.put(
        "throw-other",
        visit -> {
          visit.change();
          throw new IllegalStateException("thrown, without an error page");
        });
    all.put(
        "flush-throw",
        visit -> {
          visit.change();
          visit.response().flushBuffer();
          throw new ScenarioException("thrown");
        });
    all.put("send-error", changeAnd(response -> response.sendError(409)));
    all.put("send-error-text", changeAnd(response -> response.sendError(409, "text")));
    all.put("send-error-page", changeAnd(response -> response.sendError(418)));
    all.put("redirect", changeAnd(response -> response.sendRedirect("/scenario/account")));
    all.put("redirect-status", changeAnd(response -> redirect(response, "/scenario/account", 303)));
    all.put("redirect-clear", changeAnd(response -> redirect(response, "/scenario/account", true)));
    all.put(
        "redirect-all", changeAnd(response -> redirect(response, "/scenario/account", 303, true)));
    all.put(
        "reset",
        changeAnd(
            response -> {
              response.setHeader("X-Dropped", "yes");
              response.getWriter().print("dropped");
              response.reset();
              response.getOutputStream().write(65);
            }));
    all.put(
        "reset-buffer",
        changeAnd(
            response -> {
              response.getWriter().print("dropped");
              response.resetBuffer();
              response.getWriter().print("kept");
            }));
    all.put("full-stream", changeAnd(response -> fill(response, response.getBufferSize())));
    all.put("overflow-stream", changeAnd(response -> fill(response, response.getBufferSize() * 3)));
    all.put(
        "overflow-bytes",
        changeAnd(
            response -> {
              for (int i = 0; i <= response.getBufferSize(); i++) {
                response.getOutputStream().write(65);
              }
            }));
    all.put("overflow-euros", changeAnd(response -> response.getWriter().print("€".repeat(EUROS))));
    all.put(
        "overflow-euros-utf16",
        changeAnd(
            response -> {
              response.setContentType("text/plain;charset=UTF-16");
              response.getWriter().print("€".repeat(EUROS));
            }));
    all.put(
        "overflow-characters",
        changeAnd(
            response -> {
              PrintWriter writer = response.getWriter();
              for (int i = 0; i < EUROS; i++) {
                writer.write('€');
              }
            }));
    all.put(
        "overflow-lines",
        changeAnd(
            response -> {
              PrintWriter writer = response.getWriter();
              for (int i = 0; i < EUROS; i++) {
                writer.println();
              }
            }));
    all.put(
        "set-buffer-size",
        changeAnd(
            response -> {
              response.setBufferSize(100_000);
              fill(response, 50_000);
            }));
    all.put(
        "length-stream",
        changeAnd(
            response -> {
              response.setContentLength(6);
              response.getOutputStream().write("sixsix".getBytes());
            }));
    all.put(
        "length-long-stream",
        changeAnd(
            response -> {
              response.setContentLengthLong(6);
              response.getOutputStream().write("sixsix".getBytes());
            }));
    all.put(
        "length-header",
        changeAnd(
            response -> {
              response.setHeader("content-length", "6");
              response.getOutputStream().write("sixsix".getBytes());
            }));
    all.put(
        "length-add-header",
        changeAnd(
            response -> {
              response.addHeader("Content-Length", "6");
              response.getOutputStream().write("sixsix".getBytes());
            }));
    all.put(
        "length-int-header",
        changeAnd(
            response -> {
              response.setIntHeader("Content-Length", 6);
              response.getOutputStream().write("sixsix".getBytes());
            }));
    all.put(
        "length-add-int-header",
        changeAnd(
            response -> {
              response.addIntHeader("Content-Length", 6);
              response.getOutputStream().write("sixsix".getBytes());
            }));
    all.put(
        "length-writer",
        changeAnd(
            response -> {
              response.setContentLength(6);
              response.getWriter().print("ééé");
            }));
    all.put(
        "length-afterwards",
        changeAnd(
            response -> {
              response.getOutputStream().write("sixsix".getBytes());
              response.setContentLength(6);
            }));
    all.put(
        "writer-flush",
        changeAnd(
            response -> {
              response.getWriter().print("flushed");
              response.getWriter().flush();
            }));
    all.put(
        "writer-check-error",
        changeAnd(
            response -> {
              response.getWriter().print("flushed");
              boolean unused = response.getWriter().checkError();
            }));
    all.put("writer-close", changeAnd(response -> response.getWriter().close()));
    all.put(
        "stream-flush",
        changeAnd(
            response -> {
              response.getOutputStream().write(65);
              response.getOutputStream().flush();
            }));
    all.put("stream-close", changeAnd(response -> response.getOutputStream().close()));
    all.put("flush-buffer", changeAnd(HttpServletResponse::flushBuffer));
    all.put("write-listener", ResponseScenarios::writeListener);
    all.put(
        "upgrade",
        visit -> {
          visit.change();
          visit.response().setHeader("Upgrade", "scenario");
          // Payara leaves these to the application.
          visit.response().setHeader("Connection", "Upgrade");
          visit.response().setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
          Upgraded unused = visit.request().upgrade(Upgraded.class);
        });
    all.put("late", ResponseScenarios::late);
    all.put("late-open", ResponseScenarios::lateOpen);
    all.put("bypass", ResponseScenarios::bypass);
    all.put("swallow", ResponseScenarios::swallow);
    all.put("swallow-redirect", ResponseScenarios::swallowRedirect);
    all.put("swallow-reset", ResponseScenarios::swallowReset);
    all.put("swallow-own-status", ResponseScenarios::swallowOwnStatus);
    all.put("wrap", ResponseScenarios::wrap);
    all.put("announced", ResponseScenarios::announced);
    all.put(
        "announced-save",
        visit -> {
          announced(visit);
          visit.account().save();
        });
    all.put(
        "announced-async",
        visit -> {
          AsyncContext async = visit.request().startAsync();
          announced(visit);
          async.complete();
        });
    return all;
  }

  private interface Ending {
    void end(HttpServletResponse response) throws IOException;
  }

  private static Scenario changeAnd(Ending ending) {
    return visit -> {
      visit.change();
      ending.end(visit.response());
    };
  }

  private static void fill(HttpServletResponse response, int size) throws IOException {
    response.getOutputStream().write(new byte[size]);
  }

  // Compiled against Servlet 6.0, which does not have them.
  private static void redirect(HttpServletResponse response, Object... arguments) {
    Class<?>[] types = new Class<?>[arguments.length];
    for (int i = 0; i < types.length; i++) {
      types[i] =
          arguments[i] instanceof Integer
              ? int.class
              : arguments[i] instanceof Boolean ? boolean.class : String.class;
    }
    try {
      Method method = HttpServletResponse.class.getMethod("sendRedirect", types);
      method.invoke(response, arguments);
    } catch (NoSuchMethodException e) {
      response.setStatus(HttpServletResponse.SC_NOT_IMPLEMENTED);
    } catch (InvocationTargetException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writeListener(Visit visit) throws IOException {
    visit.change();
    AsyncContext async = visit.request().startAsync();
    ServletOutputStream stream = async.getResponse().getOutputStream();
    stream.setWriteListener(
        new WriteListener() {
          private boolean written;

          @Override
          public void onWritePossible() throws IOException {
            while (stream.isReady()) {
              if (written) {
                async.complete();
                return;
              }
              written = true;
              stream.write(new byte[100_000]);
            }
          }

          @Override
          public void onError(Throwable failure) {
            visit.state().remark(failure.toString());
            async.complete();
          }
        });
  }

  private static void late(Visit visit) throws IOException {
    visit.change();
    visit.response().getWriter().print("flushed");
    visit.response().flushBuffer();
    visit.attempt(visit::change);
  }

  private static void lateOpen(Visit visit) throws IOException {
    visit.response().getWriter().print("flushed");
    visit.response().flushBuffer();
    visit.state().remark("left=" + visit.account().data().left());
    visit.attempt(visit::change);
  }

  // Writes to what the container gave, as a badly wrapped component may.
  private static void bypass(Visit visit) throws IOException {
    visit.change();
    HttpServletResponse given = visit.response();
    while (given instanceof HttpServletResponseWrapper wrapper) {
      given = (HttpServletResponse) wrapper.getResponse();
    }
    given.getOutputStream().write(65);
    given.flushBuffer();
  }

  private static void swallow(Visit visit) throws IOException {
    visit.change();
    try {
      visit.response().flushBuffer();
    } catch (RuntimeException e) {
      visit.state().remark(e.getClass().getSimpleName());
    }
    if (visit.parameter("then", "write").equals("write")) {
      visit.response().setStatus(200);
      visit.response().getWriter().print("all is well");
      visit.response().getWriter().flush();
    }
  }

  private static void swallowRedirect(Visit visit) throws IOException {
    visit.change();
    try {
      visit.response().sendRedirect("/scenario/account");
    } catch (SessionConflictException e) {
      visit.response().sendRedirect("/scenario/account");
    }
  }

  private static void swallowReset(Visit visit) throws IOException {
    visit.change();
    try {
      visit.response().flushBuffer();
    } catch (SessionConflictException e) {
      visit.response().reset();
      visit.response().getWriter().print("all is well");
    }
  }

  private static void swallowOwnStatus(Visit visit) throws IOException {
    visit.change();
    try {
      visit.response().flushBuffer();
    } catch (SessionConflictException e) {
      visit.response().setStatus(412);
      visit.response().getWriter().print("try again");
    }
  }

  private static void wrap(Visit visit) {
    OpenSession<?> account = visit.account();
    visit.change();
    try {
      account.save();
    } catch (RuntimeException e) {
      throw new ScenarioException("wrapped", new IllegalArgumentException(e));
    }
  }

  private static void announced(Visit visit) throws IOException {
    visit.change();
    visit.response().setHeader("X-Cors", "kept");
    visit.response().setHeader("Vary", "Origin");
    visit.response().setHeader("Content-Security-Policy", "default-src 'self'");
    visit.response().setHeader("Content-Encoding", "gzip");
    visit.response().setHeader("Content-Disposition", "attachment");
    visit.response().setHeader("ETag", "\"1\"");
    visit.response().setDateHeader("Last-Modified", 0);
    visit.response().setDateHeader("Expires", Long.MAX_VALUE / 1_000_000);
    visit.response().setContentType("image/png");
    visit.response().setContentLength(100_000);
    visit.response().getWriter().print("begun");
  }

  /** Speaks the shortest of all protocols. */
  public static final class Upgraded implements HttpUpgradeHandler {
    @Override
    public void init(WebConnection connection) {
      try {
        connection.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void destroy() {}
  }
}
