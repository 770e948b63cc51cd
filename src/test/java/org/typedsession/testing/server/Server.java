package org.typedsession.testing.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The server that the integration tests run on, as the profile of the build chose it. */
public sealed interface Server extends ContainerTraits
    permits WildFlyServer, PayaraServer, GlassFishServer {
  /** The one of this test run. */
  static Server current() {
    String name = System.getProperty("server.name");
    return switch (name) {
      case "wildfly" -> new WildFlyServer(false);
      case "wildfly-preview" -> new WildFlyServer(true);
      case "payara6" -> new PayaraServer(false);
      case "payara7" -> new PayaraServer(true);
      case "glassfish" -> new GlassFishServer();
      default -> throw new IllegalArgumentException("server.name " + name);
    };
  }

  /** Where it is installed. */
  static Path home() {
    return Path.of(System.getProperty("server.home"));
  }

  /** Where its applications are, with a slash at the end. */
  static URI applications() {
    return at("server.http-port");
  }

  /** An address of this machine, at the port that this system property has. */
  static URI at(String port) {
    return URI.create("http://127.0.0.1:" + Integer.getInteger(port) + "/");
  }

  /**
   * Whether sessions survive the redeployment of their application, in an Infinispan of the server.
   * Otherwise they are in the memory of the application.
   */
  default boolean keepsSessions() {
    return false;
  }

  /** Whether it has the cache container that {@code wildfly-config} defines. */
  default boolean hasSessionContainer() {
    return false;
  }

  /** The status by which it refuses this encoded path itself, if it does. */
  default OptionalInt refusalOf(String path) {
    return OptionalInt.empty();
  }

  /** Its log. */
  Path log();

  /** Below which MicroProfile Health is, with a slash at the end. */
  URI health();
}
