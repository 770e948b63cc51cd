package org.typedsession.servlet.response;

/**
 * Foretells when the container will commit because of the body: the buffer is full, or as much is
 * written as Content-Length said. Belongs to the request, since its dispatches share one body.
 */
final class BodyMeter {
  private long written;
  private long contentLength = -1;

  /** Counts {@code bytes} that are about to be written; true if they may commit the response. */
  synchronized boolean add(long bytes, int bufferSize) {
    written += bytes;
    return written >= bufferSize || isComplete();
  }

  /** Notes a Content-Length about to be set; true if that may commit the response. */
  synchronized boolean expect(long length) {
    contentLength = length;
    return isComplete();
  }

  private boolean isComplete() {
    // A length of 0 commits nothing by itself (Servlet 6.0, section 5.7).
    return contentLength > 0 && written >= contentLength;
  }

  /** Whether a buffer of {@code size} would be full. */
  synchronized boolean fills(int size) {
    return written > 0 && written >= size;
  }

  /** The body written so far was dropped. */
  synchronized void dropBody() {
    written = 0;
  }

  /** The whole response was dropped. */
  synchronized void dropAll() {
    written = 0;
    contentLength = -1;
  }
}
