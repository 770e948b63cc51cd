package org.typedsession.servlet.response;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The container's stream, with a word of warning before each write that may commit. */
final class CommitAwareOutputStream extends ServletOutputStream {
  private final ServletOutputStream container;
  private final CommitAwareResponse response;

  CommitAwareOutputStream(ServletOutputStream container, CommitAwareResponse response) {
    this.container = container;
    this.response = response;
  }

  @Override
  public void write(int b) throws IOException {
    response.beforeBody(1);
    container.write(b);
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    response.beforeBody(length);
    container.write(bytes, offset, length);
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

  @Override
  public boolean isReady() {
    return container.isReady();
  }

  // From now on writes come from threads that must not wait for a store.
  @Override
  public void setWriteListener(WriteListener listener) {
    response.beforeCommit();
    container.setWriteListener(listener);
  }
}
