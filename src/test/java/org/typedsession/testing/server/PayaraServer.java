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
  public boolean acceptsPath(String path) {
    // Control characters, of which Payara 6 knows one, a backslash, and what is no UTF-8.
    return !path.contains("%00")
        && !(hasServlet61 && path.contains("%0D"))
        && !path.contains("%5C")
        && !path.contains("%FF");
  }

  @Override
  public String exceptionAfterStartAsync() {
    return "timed out";
  }
}
