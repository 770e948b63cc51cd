package org.typedsession.it.servers;

import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Payara.
 *
 * @param hasServlet61 Payara 7
 */
record PayaraServer(boolean hasServlet61) implements Server {
  @Override
  public Path log() {
    return Server.home().resolve(Path.of("glassfish", "domains", "domain1", "logs", "server.log"));
  }

  @Override
  public URI health() {
    return Server.applications().resolve("health/");
  }

  @Override
  public OptionalInt refusalOf(String path) {
    // A backslash, and what is no UTF-8.
    if (path.contains("%00") || path.contains("%5C") || path.contains("%FF")) {
      return OptionalInt.of(400);
    }
    // The authorization of Payara 7 throws "invalid URLPatternSpec" at the end of a line.
    return hasServlet61 && path.contains("%0D") ? OptionalInt.of(503) : OptionalInt.empty();
  }

  @Override
  public boolean loadsListedFragments() {
    return false;
  }

  @Override
  public boolean answersFailuresAtTheEndOfAsyncResources() {
    return false;
  }

  @Override
  public String exceptionAfterStartAsync() {
    return "timed out";
  }
}
