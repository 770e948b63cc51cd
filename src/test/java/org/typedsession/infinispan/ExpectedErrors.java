package org.typedsession.infinispan;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What Infinispan logs of commands that fail, with a stack trace each: thousands where a test
 * stages failures and conflicts, and asserts what comes of them.
 */
final class ExpectedErrors implements AutoCloseable {
  // Held, or their levels would be collected.
  private static final List<Logger> LOGGERS =
      Stream.of(
              "org.infinispan.commons.tx",
              "org.infinispan.interceptors.impl.InvocationContextInterceptor",
              "org.infinispan.remoting.inboundhandler",
              "org.infinispan.transaction.impl.TransactionCoordinator")
          .map(Logger::getLogger)
          .toList();
  private static final AtomicInteger OPEN = new AtomicInteger();

  /** Keeps them out of the log until the last is closed. */
  public ExpectedErrors() {
    OPEN.incrementAndGet();
    LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
  }

  @Override
  public void close() {
    if (OPEN.decrementAndGet() == 0) {
      LOGGERS.forEach(logger -> logger.setLevel(null));
    }
  }
}
