package org.typedsession.servlet.response;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.CharBuffer;

/** The container's writer, with a word of warning before each write that may commit. */
final class CommitAwareWriter extends PrintWriter {
  private final PrintWriter container;

  CommitAwareWriter(PrintWriter container, EncodedLength length, CommitAwareResponse response) {
    super(new Sink(container, length, response));
    this.container = container;
  }

  // The container's writer swallows what goes wrong, so only that one knows.
  @Override
  public boolean checkError() {
    return super.checkError() || container.checkError();
  }

  /**
   * Where all of a PrintWriter's methods end up, line separators included, which do not pass
   * through any method of PrintWriter that could be overridden.
   */
  private static final class Sink extends Writer {
    private final PrintWriter container;
    private final EncodedLength length;
    private final CommitAwareResponse response;

    Sink(PrintWriter container, EncodedLength length, CommitAwareResponse response) {
      this.container = container;
      this.length = length;
      this.response = response;
    }

    @Override
    public void write(int c) {
      response.beforeBody(response.isCounting() ? length.of((char) c) : 0);
      container.write(c);
    }

    @Override
    public void write(char[] chars, int offset, int count) {
      response.beforeBody(
          response.isCounting() ? length.of(CharBuffer.wrap(chars), offset, count) : 0);
      container.write(chars, offset, count);
    }

    @Override
    public void write(String text, int offset, int count) {
      response.beforeBody(response.isCounting() ? length.of(text, offset, count) : 0);
      container.write(text, offset, count);
    }

    @Override
    public void flush() throws IOException {
      response.beforeCommit();
      container.flush();
    }

    @Override
    public void close() throws IOException {
      response.beforeCommit();
      container.close();
    }
  }
}
