package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.assertj.core.api.Assertions;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.container.SessionCacheLocator;
import org.typedsession.it.servers.Server;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/** The connector inside of a server, on a cache that it defines in the server's own container. */
@Tag("wildfly")
@ExtendWith(ArquillianExtension.class)
final class ServerCacheIT {
  private static final String CONTAINERS = "java:jboss/infinispan/container/";
  // The server starts a container, and defines a cache in it, when a deployment refers to them.
  private static final String STARTS_THE_OTHER_CONTAINER =
      """
      <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <resource-env-ref>
          <resource-env-ref-name>transactional</resource-env-ref-name>
          <resource-env-ref-type>org.infinispan.manager.EmbeddedCacheManager</resource-env-ref-type>
          <lookup-name>java:jboss/infinispan/container/transactional</lookup-name>
        </resource-env-ref>
        <resource-env-ref>
          <resource-env-ref-name>sessions</resource-env-ref-name>
          <resource-env-ref-type>org.infinispan.configuration.cache.Configuration</resource-env-ref-type>
          <lookup-name>java:jboss/infinispan/configuration/transactional/sessions</lookup-name>
        </resource-env-ref>
      </web-app>
      """;
  private static final SessionExpiry EXPIRY = SessionExpiry.never();

  @Inject private UserTransaction callers;

  private SessionStoreConnector<String> connector;

  @Deployment
  static WebArchive application() throws Exception {
    return ShrinkWrap.create(WebArchive.class)
        .addAsLibrary(new File(System.getProperty("library.jar")))
        .addAsLibrary(jarOf(Assertions.class))
        .addAsWebInfResource(Server.current().beansXml(), "beans.xml")
        .setWebXML(new StringAsset(STARTS_THE_OTHER_CONTAINER));
  }

  private static File jarOf(Class<?> type) throws Exception {
    return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @BeforeEach
  void open() {
    connector = connector("typedsession", "typed-sessions");
  }

  private static SessionStoreConnector<String> connector(String container, String name) {
    return SessionCacheLocator.find(CONTAINERS + container, name, AcceptedRisks.NONE, 1)
        .orElseThrow()
        .connector(
            cache ->
                new InfinispanSessionStoreConnector<>(
                    cache,
                    "it",
                    new Text(),
                    InstantSource.system(),
                    new SecureRandom(),
                    Duration.ofMinutes(1)));
  }

  @Test
  void remapSession_liveSession_remapsItAndKillsTheOldId() {
    SessionId x = freshId();
    SessionId y = freshId();
    assertWritten(connector.createSession(x, EXPIRY, "guest"));

    assertWritten(connector.updateSession(y, x, EXPIRY, "member"));

    assertThat(connector.readSession(x)).isEmpty();
    assertThat(connector.lookUpSession(x)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(connector.readSession(y)).map(SessionRecord::data).contains("member");
    assertThat(connector.updateSession(freshId(), x, EXPIRY, "thief"))
        .isInstanceOf(WriteSessionResult.Conflict.class);
    assertThat(connector.updateSession(y, y, EXPIRY, "taken"))
        .isInstanceOf(WriteSessionResult.IdExists.class);
  }

  @Test
  void writeSession_staleExpectation_isConflict() {
    SessionId x = freshId();
    connector.createSession(x, EXPIRY, "0");
    SessionLookup.Live<String> read = live(x);
    assertWritten(connector.writeSession(x, read, read.session().withData("1")));

    assertThat(connector.writeSession(x, read, read.session().withData("2")))
        .isInstanceOf(WriteSessionResult.Conflict.class);

    assertThat(connector.readSession(x)).map(SessionRecord::data).contains("1");
  }

  @Test
  void deleteSession_throughTheTombstone_endsTheSuccessor() {
    SessionId x = freshId();
    SessionId y = freshId();
    connector.createSession(x, EXPIRY, "guest");
    connector.updateSession(y, x, EXPIRY, "member");

    connector.deleteSession(x);

    assertThat(connector.readSession(y)).isEmpty();
  }

  @Test
  void endSession_unknownId_findsItByTheHandle() {
    SessionId x = freshId();
    connector.createSession(x, EXPIRY, "guest");

    connector.endSession(live(x).session().handle(), freshId());

    assertThat(connector.lookUpSession(x)).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void createSession_callersTransactionRolledBack_staysStored() throws Exception {
    assertStaysStored();
    connector = connector("transactional", "sessions");
    assertStaysStored();
  }

  private void assertStaysStored() throws Exception {
    SessionId x = freshId();
    SessionId y = freshId();
    callers.begin();
    connector.createSession(x, EXPIRY, "guest");
    connector.updateSession(y, x, EXPIRY, "member");
    callers.rollback();

    assertThat(connector.readSession(x)).isEmpty();
    assertThat(connector.readSession(y)).map(SessionRecord::data).contains("member");
  }

  private SessionLookup.Live<String> live(SessionId id) {
    return (SessionLookup.Live<String>) connector.lookUpSession(id);
  }

  private static void assertWritten(WriteSessionResult<String> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
  }

  private static SessionId freshId() {
    return new RandomSessionCookieGenerator(new SecureRandom()).next(Placement.ANYWHERE).id();
  }

  /** Text as it is. */
  static final class Text implements SessionCodec<String> {
    @Override
    public String id() {
      return "text";
    }

    @Override
    public byte[] encode(String data) {
      return data.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
