package org.typedsession.servlet.response;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The response as the application sees it: has done what has to be done before anything that may
 * commit it.
 *
 * <p>Before, not after: headers are lost once the response is committed, and containers disagree on
 * what {@code isCommitted()} says. Once a session could not be stored, the response cannot become a
 * success any more, even if the application swallows the exception.
 */
public final class CommitAwareResponse extends HttpServletResponseWrapper {
  private static final String CONTENT_LENGTH = "content-length";
  private static final int FIRST_ERROR = HttpServletResponse.SC_BAD_REQUEST;

  private final ResponseState state;
  private final BeforeCommit action;
  private @Nullable ServletOutputStream stream;
  private @Nullable PrintWriter writer;

  /**
   * Wraps the response of a dispatch.
   *
   * @param container the container's response
   * @param state the one of the request
   * @param action what has to be done before a commit
   */
  public CommitAwareResponse(
      HttpServletResponse container, ResponseState state, BeforeCommit action) {
    super(container);
    this.state = state;
    this.action = action;
  }

  /** The wrapper of ours that {@code response} is, or wraps; null if there is none. */
  public static @Nullable CommitAwareResponse in(ServletResponse response) {
    ServletResponse layer = response;
    while (!(layer instanceof CommitAwareResponse found)) {
      if (!(layer instanceof ServletResponseWrapper wrapper)) {
        return null;
      }
      layer = wrapper.getResponse();
    }
    return found;
  }

  /** What this response wraps. */
  public HttpServletResponse container() {
    return (HttpServletResponse) getResponse();
  }

  /**
   * To be called before whatever may commit the response.
   *
   * @throws RuntimeException what kept sessions from being stored, if this call has found it out,
   *     or if the client cannot learn it from the status any more
   */
  public void beforeCommit() {
    beforeCommit(getStatus());
  }

  // Whatever may commit passes here.
  private int beforeCommit(int status) {
    int answer = action.beforeCommit(status);
    state.failure().ifPresent(this::requireError);
    return answer;
  }

  // The application has seen the exception and goes on. It may, as long as the client learns that
  // nothing was stored.
  private void requireError(Throwable failure) {
    if (getStatus() < FIRST_ERROR) {
      state.refuse(failure).mark(container());
    }
    if (getStatus() < FIRST_ERROR) {
      throw again(failure);
    }
  }

  // The container will set the status that it is given, whatever was set before.
  private int beforeError(int status) {
    int answer = beforeCommit(status);
    // What says 500 knows nothing better: Jersey sends that for what it has no mapper for, and for
    // what fails when it closes the body.
    Optional<Refusal> better =
        answer == SC_INTERNAL_SERVER_ERROR
            ? state.failure().flatMap(state::refuseKnown)
            : Optional.of(answer)
                .filter(other -> other != status)
                .map(other -> new Refusal(other, 0));
    better.ifPresent(refusal -> refusal.set(container()));
    return better.map(Refusal::status).orElse(answer);
  }

  private void beforeRedirect() {
    beforeCommit();
    Throwable failure = state.failure().orElse(null);
    if (failure != null) {
      throw again(failure);
    }
  }

  /** To be called before each write of {@code bytes} to the body. */
  void beforeBody(long bytes) {
    if (!state.isOpen() || state.body().add(bytes, getBufferSize())) {
      beforeCommit();
    }
  }

  /** Whether it matters how much is written. */
  boolean isCounting() {
    return state.isOpen();
  }

  private static RuntimeException again(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  @Override
  public void setStatus(int status) {
    if (state.failure().isEmpty() || status >= FIRST_ERROR) {
      super.setStatus(status);
    }
  }

  @Override
  public void sendError(int status) throws IOException {
    super.sendError(beforeError(status));
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    super.sendError(beforeError(status), message);
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    beforeRedirect();
    super.sendRedirect(location);
  }

  // The next three are of Servlet 6.1. This class is compiled for 6.0, hence no @Override.

  /**
   * As in Servlet 6.1.
   *
   * @throws IOException if the response cannot be sent
   */
  public void sendRedirect(String location, int status) throws IOException {
    sendRedirect(location, status, true);
  }

  /**
   * As in Servlet 6.1.
   *
   * @throws IOException if the response cannot be sent
   */
  public void sendRedirect(String location, boolean clearBuffer) throws IOException {
    sendRedirect(location, HttpServletResponse.SC_FOUND, clearBuffer);
  }

  /**
   * As in Servlet 6.1.
   *
   * @throws IOException if the response cannot be sent
   */
  public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
    beforeRedirect();
    Redirect61.send(container(), location, status, clearBuffer);
  }

  @Override
  public void flushBuffer() throws IOException {
    beforeCommit();
    super.flushBuffer();
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    if (stream == null) {
      stream = new CommitAwareOutputStream(super.getOutputStream(), this);
    }
    return stream;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) {
      PrintWriter container = super.getWriter();
      // Only now is the encoding settled.
      writer = new CommitAwareWriter(container, EncodedLength.in(getCharacterEncoding()), this);
    }
    return writer;
  }

  @Override
  public void setBufferSize(int size) {
    if (state.body().fills(size)) {
      beforeCommit();
    }
    super.setBufferSize(size);
  }

  @Override
  public void reset() {
    super.reset();
    stream = null;
    writer = null;
    state.body().dropAll();
    state.cookies().restore(container());
    state.failure().ifPresent(this::requireError);
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    state.body().dropBody();
  }

  @Override
  public void setContentLength(int length) {
    expect(length);
    super.setContentLength(length);
  }

  @Override
  public void setContentLengthLong(long length) {
    expect(length);
    super.setContentLengthLong(length);
  }

  @Override
  public void setHeader(String name, String value) {
    expect(name, value);
    super.setHeader(name, value);
    afterHeader(name);
  }

  @Override
  public void addHeader(String name, String value) {
    expect(name, value);
    super.addHeader(name, value);
    afterHeader(name);
  }

  @Override
  public void setIntHeader(String name, int value) {
    expect(name, String.valueOf(value));
    super.setIntHeader(name, value);
    afterHeader(name);
  }

  @Override
  public void addIntHeader(String name, int value) {
    expect(name, String.valueOf(value));
    super.addIntHeader(name, value);
    afterHeader(name);
  }

  @Override
  public void setDateHeader(String name, long date) {
    super.setDateHeader(name, date);
    afterHeader(name);
  }

  @Override
  public void addDateHeader(String name, long date) {
    super.addDateHeader(name, date);
    afterHeader(name);
  }

  private void afterHeader(@Nullable String name) {
    if (name != null && CacheHeaders.isOne(name)) {
      state.cookies().cachingChanged(container());
    }
  }

  private void expect(@Nullable String name, @Nullable String value) {
    if (name == null || value == null || !name.toLowerCase(Locale.ROOT).equals(CONTENT_LENGTH)) {
      return;
    }
    try {
      expect(Long.parseLong(value.strip()));
    } catch (NumberFormatException e) {
      // No length then: the container's to judge.
    }
  }

  private void expect(long length) {
    if (state.body().expect(length)) {
      beforeCommit();
    }
  }
}
