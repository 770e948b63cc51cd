package org.typedsession.servlet;

import java.net.URI;

/**
 * An embedded container with the filter application, a file {@code /big.txt} and its error pages.
 */
interface EmbeddedServer extends AutoCloseable {
  URI base();

  @Override
  void close();
}
