package org.typedsession.servlet;

import java.net.URI;

/** An embedded container with the filter lab, a file {@code /big.txt} and its error pages. */
interface LabServer extends AutoCloseable {
  URI base();

  @Override
  void close();
}
