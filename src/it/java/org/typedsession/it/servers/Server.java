package org.typedsession.it.servers;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.shrinkwrap.api.asset.Asset;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.typedsession.testing.ContainerTraits;

/** The server that the integration tests run on, as the profile of the build chose it. */
public sealed interface Server extends ContainerTraits
    permits WildFlyServer, GlassFishFamily, LibertyServer {
  /** The one of this test run. */
  static Server current() {
    String name = System.getProperty("server.name");
    return switch (name) {
      case "wildfly" -> new WildFlyServer(false);
      case "wildfly-preview" -> new WildFlyServer(true);
      case "payara6" -> new PayaraServer(false);
      case "payara7" -> new PayaraServer(true);
      case "glassfish" -> new GlassFishServer();
      case "liberty" -> new LibertyServer();
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

  /**
   * Whether CDI works in an application whose {@code absolute-ordering} lists the library.
   * Otherwise such an application is not deployed.
   */
  default boolean loadsListedFragments() {
    return true;
  }

  /**
   * Whether a client of an asynchronous REST resource gets an answer for certain when its session
   * cannot be stored at the end. Jersey may lose the connection, or leave it to the timeout.
   */
  default boolean answersFailuresAtTheEndOfAsyncResources() {
    return true;
  }

  /** The status by which it refuses this encoded path itself, if it does. */
  default OptionalInt refusalOf(String path) {
    return OptionalInt.empty();
  }

  /**
   * Whether it looks for injection points in a servlet that is no bean while it deploys, and not
   * only when the servlet is used.
   */
  default boolean looksIntoServlets() {
    return true;
  }

  /** The {@code beans.xml} of an application whose servlets are no beans. */
  default Asset beansXml() {
    return looksIntoServlets()
        ? EmptyAsset.INSTANCE
        : new StringAsset(
            """
            <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
                   bean-discovery-mode="all"/>
            """);
  }

  /** Whether it shows the readiness checks that are beans which an extension has added. */
  default boolean hasReadinessChecks() {
    return true;
  }

  /** What its {@code SecurityContext} calls a caller who has not logged in; empty for null. */
  default Optional<String> nameOfNobody() {
    return Optional.empty();
  }

  /**
   * Whether {@code SecurityContext.authenticate} asks the mechanism for a caller who has logged in
   * before. Otherwise it is a success without a look at the credential.
   */
  default boolean authenticatesAgain() {
    return true;
  }

  /** Its log. */
  Path log();

  /** Below which MicroProfile Health is, with a slash at the end. */
  default URI health() {
    return applications().resolve("health/");
  }
}
