package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.Assertions;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.SessionCodecException;
import org.typedsession.it.servers.Server;
import org.typedsession.json.JsonSessionCodec;

/** The JSON codec and what it needs, in a WAR on a real server. */
@ExtendWith(ArquillianExtension.class)
final class JsonCodecIT {
  private sealed interface Visitor permits Guest, Member {}

  private record Guest() implements Visitor {}

  private sealed interface Member extends Visitor permits Customer, Level {}

  private record Customer(
      Optional<String> name,
      OptionalInt age,
      Instant since,
      ZonedDateTime last,
      Map<Level, List<Item>> items)
      implements Member {}

  private record Item(String id, int count) {}

  private enum Level implements Member {
    LOW,
    HIGH
  }

  @Deployment
  static WebArchive application() throws Exception {
    return ShrinkWrap.create(WebArchive.class)
        .addAsLibrary(new File(System.getProperty("library.jar")))
        .addAsLibraries(new File(System.getProperty("example.libraries")).listFiles())
        .addAsLibrary(
            new File(Assertions.class.getProtectionDomain().getCodeSource().getLocation().toURI()))
        .addAsWebInfResource(Server.current().beansXml(), "beans.xml");
  }

  @Test
  void decode_whatEncodeWrote_isEqual() {
    JsonSessionCodec<Visitor> codec = new JsonSessionCodec<>(Visitor.class);
    for (Visitor visitor :
        List.of(
            new Guest(),
            Level.HIGH,
            new Customer(
                Optional.of("Ada"),
                OptionalInt.empty(),
                Instant.EPOCH,
                ZonedDateTime.parse("2024-10-27T02:30+01:00[Europe/Berlin]"),
                Map.of(Level.LOW, List.of(new Item("a", 1)))))) {
      assertThat(codec.decode(codec.encode(visitor))).isEqualTo(visitor);
    }
  }

  @Test
  void decode_garbage_isCodecException() {
    assertThatThrownBy(() -> new JsonSessionCodec<>(Visitor.class).decode(new byte[] {'{'}))
        .isInstanceOf(SessionCodecException.class);
  }
}
