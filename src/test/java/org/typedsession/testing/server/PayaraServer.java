package org.typedsession.testing.server;

import java.net.URI;
import java.nio.file.Path;

/**
 * Payara.
 *
 * @param hasServlet61 Payara 7
 */
record PayaraServer(boolean hasServlet61) implements Server {
  @Override
  public Path log() {
    return Server.home().resolve(Path.of("glassfish", "domains", "tests", "logs", "server.log"));
  }

  @Override
  public URI health() {
    return Server.applications().resolve("health/");
  }

  @Override
  public String exceptionAfterStartAsync() {
    return "timed out";
  }
}
