package org.typedsession.it.servers;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * WildFly.
 *
 * @param hasServlet61 WildFly Preview, as it comes
 */
record WildFlyServer(boolean hasServlet61) implements Server {
  @Override
  public boolean keepsSessions() {
    return true;
  }

  @Override
  public boolean hasSessionContainer() {
    return !hasServlet61;
  }

  @Override
  public Path log() {
    return Server.home().resolve(Path.of("standalone", "log", "server.log"));
  }

  @Override
  public URI health() {
    return Server.at("server.management-port").resolve("health/");
  }

  @Override
  public Optional<String> nameOfNobody() {
    return Optional.of("anonymous");
  }

  @Override
  public boolean authenticatesAgain() {
    return false;
  }

  /**
   * Quoted, unlike in an embedded Undertow: the listeners of WildFly leave {@code
   * rfc6265-cookie-validation} off.
   */
  @Override
  public String removedCookieValue() {
    return "\"\"";
  }
}
