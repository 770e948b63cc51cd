package org.typedsession;

/** A wait for the end of a session; see {@link Session#whenEnded}. Safe for use by many threads. */
@FunctionalInterface
public interface SessionWatch extends AutoCloseable {
  /** Stops waiting. The action may be running already. */
  @Override
  void close();
}
