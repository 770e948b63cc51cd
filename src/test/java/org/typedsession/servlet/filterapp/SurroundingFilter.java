package org.typedsession.servlet.filterapp;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Another filter of the application, around the session filter or inside of it. It buffers the body
 * if the parameter {@code buffer} has its place, and the outer one authenticates whom the header
 * {@code X-User} names.
 */
final class SurroundingFilter implements Filter {
  private final String place;

  SurroundingFilter(String place) {
    this.place = place;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    // Not getParameter, which would read the body of a form.
    String query = String.valueOf(http.getQueryString());
    ServletRequest passed =
        place.equals("outer") && http.getHeader("X-User") != null ? authenticated(http) : request;
    if (!query.contains("buffer=" + place)) {
      chain.doFilter(passed, response);
      return;
    }
    Buffering buffering = new Buffering((HttpServletResponse) response);
    chain.doFilter(passed, buffering);
    buffering.release();
  }

  private static HttpServletRequest authenticated(HttpServletRequest request) {
    return new HttpServletRequestWrapper(request) {
      @Override
      public Principal getUserPrincipal() {
        return () -> request.getHeader("X-User");
      }
    };
  }

  private static final class Buffering extends HttpServletResponseWrapper {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable PrintWriter writer;

    Buffering(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void flushBuffer() {}

    @Override
    public PrintWriter getWriter() {
      if (writer == null) {
        writer = new PrintWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
      }
      return writer;
    }

    @Override
    public ServletOutputStream getOutputStream() {
      return new ServletOutputStream() {
        @Override
        public void write(int b) {
          bytes.write(b);
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
          throw new UnsupportedOperationException();
        }
      };
    }

    void release() throws IOException {
      if (writer != null) {
        writer.flush();
      }
      if (!isCommitted()) {
        getResponse().setContentLength(bytes.size());
        getResponse().getOutputStream().write(bytes.toByteArray());
      }
    }
  }
}
