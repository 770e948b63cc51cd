package org.typedsession.servlet.response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.typedsession.SessionConflictException;

/** Every way to a commit passes the one action, without a container and without sessions. */
final class CommitAwareResponseTest {
  private static final int BUFFER = 16;
  private static final String BEFORE = "before";

  private final List<String> calls = new ArrayList<>();
  private final Map<String, String> headers = new HashMap<>();
  private int status = 200;

  private final ResponseState state =
      new ResponseState(failure -> calls.add("unexpected"), header -> {});
  private final CommitAwareResponse response =
      response(
          asked -> {
            calls.add(BEFORE);
            return asked;
          });

  private CommitAwareResponse response(BeforeCommit action) {
    return new CommitAwareResponse(container(), state, action);
  }

  private HttpServletResponse container() {
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            HttpServletResponse.class.getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, m, args) -> {
              switch (m.getName()) {
                case "setStatus" -> status = (Integer) args[0];
                case "sendError" -> {
                  calls.add(m.getName());
                  status = (Integer) args[0];
                }
                case "sendRedirect", "flushBuffer", "setContentLength", "setBufferSize" ->
                    calls.add(m.getName());
                case "setHeader", "addHeader" -> headers.put((String) args[0], (String) args[1]);
                case "reset" -> headers.clear();
                default -> {}
              }
              return switch (m.getName()) {
                case "getStatus" -> status;
                case "getBufferSize" -> BUFFER;
                case "isCommitted" -> false;
                case "getCharacterEncoding" -> "UTF-8";
                case "getHeaderNames" -> List.copyOf(headers.keySet());
                case "getHeaders" -> headers.values().stream().toList();
                case "getOutputStream" -> new ContainerStream();
                case "getWriter" -> new PrintWriter(new ContainerWriter());
                default -> null;
              };
            });
  }

  private final class ContainerStream extends ServletOutputStream {
    @Override
    public void write(int b) {
      calls.add("write");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      calls.add("write");
    }

    @Override
    public void flush() {
      calls.add("flush");
    }

    @Override
    public void close() {
      calls.add("close");
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      calls.add("setWriteListener");
    }
  }

  private final class ContainerWriter extends Writer {
    @Override
    public void write(char[] chars, int offset, int length) {
      calls.add("write");
    }

    @Override
    public void flush() {
      calls.add("flush");
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  private interface Way {
    void take(CommitAwareResponse response) throws IOException;
  }

  private static Arguments way(String commits, Way way) {
    return Arguments.of(commits, way);
  }

  static Stream<Arguments> ways() {
    String full = "x".repeat(BUFFER);
    return Stream.of(
        way("sendError", r -> r.sendError(404)),
        way("sendError", r -> r.sendError(404, "gone")),
        way("sendRedirect", r -> r.sendRedirect("/")),
        way("flushBuffer", HttpServletResponse::flushBuffer),
        way("write", r -> r.getOutputStream().write(new byte[BUFFER])),
        way("flush", r -> r.getOutputStream().flush()),
        way("close", r -> r.getOutputStream().close()),
        way("setWriteListener", r -> r.getOutputStream().setWriteListener(new NoListener())),
        way("write", r -> r.getWriter().write(full)),
        way("write", r -> r.getWriter().write(full.toCharArray())),
        way("flush", r -> r.getWriter().flush()),
        way("close", r -> r.getWriter().close()));
  }

  private static final class NoListener implements WriteListener {
    @Override
    public void onWritePossible() {}

    @Override
    public void onError(Throwable failure) {}
  }

  @ParameterizedTest
  @MethodSource("ways")
  void commit_eachWay_comesAfterTheAction(String commits, Way way) throws IOException {
    way.take(response);

    assertThat(calls).startsWith(BEFORE, commits);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void commit_eachWayWhenTheActionFails_doesNotCome(String commits, Way way) {
    CommitAwareResponse failing =
        response(
            asked -> {
              throw new SessionConflictException("lost");
            });

    assertThatThrownBy(() -> way.take(failing)).isInstanceOf(SessionConflictException.class);
    assertThat(calls).doesNotContain(commits);
  }

  @Test
  void write_thatFitsTheBuffer_needsNoAction() throws IOException {
    response.getOutputStream().write(new byte[BUFFER - 1]);

    assertThat(calls).containsExactly("write");
  }

  @Test
  void body_ofSeveralWrappers_isOne() throws IOException {
    response.getOutputStream().write(new byte[BUFFER - 1]);
    response(
            asked -> {
              calls.add("again");
              return asked;
            })
        .getOutputStream()
        .write(1);

    assertThat(calls).containsExactly("write", "again", "write");
  }

  @Test
  void contentLength_ofWhatIsWritten_needsTheAction() throws IOException {
    response.getOutputStream().write(new byte[3]);
    response.setContentLength(3);

    assertThat(calls).containsExactly("write", BEFORE, "setContentLength");
  }

  @Test
  void bufferSize_ofWhatIsWritten_needsTheAction() throws IOException {
    response.getOutputStream().write(new byte[3]);
    response.setBufferSize(3);

    assertThat(calls).containsExactly("write", BEFORE, "setBufferSize");
  }

  @Test
  void sendError_whoseActionKnowsBetter_sendsThat() throws IOException {
    response(asked -> asked == 500 ? 503 : asked).sendError(500);

    assertThat(status).isEqualTo(503);
  }

  @Test
  void flushBuffer_afterAFailureThatWasSwallowed_commitsARefusal() throws IOException {
    state.fail(new SessionConflictException("lost"));
    response.flushBuffer();

    assertThat(status).isEqualTo(409);
    assertThat(headers).containsEntry("Cache-Control", "no-store");
  }

  @Test
  void setStatus_afterAFailure_makesNoSuccess() {
    state.fail(new SessionConflictException("lost"));

    response.setStatus(204);
    assertThat(status).isEqualTo(200);
    response.setStatus(412);
    assertThat(status).isEqualTo(412);
  }

  @Test
  void setHeader_afterARefusal_letsNoCacheIn() {
    assertThat(state.refuse(new SessionConflictException("lost")).status()).isEqualTo(409);
    response.setHeader("Cache-Control", "public, max-age=600");

    assertThat(headers).containsEntry("Cache-Control", "no-store");
  }

  @Test
  void refuse_whatNobodyKnows_isA500ThatIsReported() {
    IllegalStateException unknown = new IllegalStateException("broken");

    assertThat(state.refuseKnown(unknown)).isEmpty();
    assertThat(calls).isEmpty();
    assertThat(state.refuse(unknown).status()).isEqualTo(500);
    assertThat(calls).containsExactly("unexpected");
  }
}
