package org.typedsession.it.servers;

import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalInt;

/** GlassFish, from which Payara descends. */
record GlassFishServer() implements Server {
  @Override
  public Path log() {
    return Server.home().resolve(Path.of("glassfish", "domains", "domain1", "logs", "server.log"));
  }

  @Override
  public URI health() {
    return Server.applications().resolve("health/");
  }

  @Override
  public boolean hasServlet61() {
    return true;
  }

  @Override
  public OptionalInt refusalOf(String path) {
    // A backslash, and what is no UTF-8.
    return path.contains("%00") || path.contains("%5C") || path.contains("%FF")
        ? OptionalInt.of(400)
        : OptionalInt.empty();
  }

  @Override
  public boolean looksIntoServlets() {
    return false;
  }

  @Override
  public boolean hasReadinessChecks() {
    return false;
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
