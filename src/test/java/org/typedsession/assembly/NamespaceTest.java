package org.typedsession.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NamespaceTest {
  record Cart(int items) {}

  record User(String name) {}

  private static final DataType CART = new DataType(Cart.class);

  @Test
  void tag_any_hasAtLeast64BitsAndIsTextOfOneLength() {
    for (Namespace namespace :
        List.of(
            new Namespace.Named("shop"),
            new Namespace.OfContext("default-host", "/shop"),
            new Namespace.OfApplication("shop"),
            new Namespace.Unknown())) {
      String tag = namespace.tag(CART);

      assertThat(tag).hasSize(22).matches("[A-Za-z0-9_-]+");
      assertThat(Base64.getUrlDecoder().decode(tag)).hasSizeGreaterThanOrEqualTo(64 / 8);
    }
  }

  /** Nodes of different builds have to agree: another value ends all sessions. */
  @Test
  void tag_givenNamespaces_areWhatTheyEverWere() {
    DataType text = new DataType(String.class);

    assertThat(new Namespace.Named("shop").tag(text)).isEqualTo("o7CIzrAeGaGz1XqrFj6pfg");
    assertThat(new Namespace.OfContext("default-host", "/shop").tag(text))
        .isEqualTo("OmGwAJVwr5oFUbuiXltWUg");
    assertThat(new Namespace.OfApplication("shop").tag(text)).isEqualTo("z2YGY65ivBrZZYrPtO2cFg");
  }

  @Test
  void tag_namespacesThatReadAlike_areDifferent() {
    assertThat(
            List.of(
                new Namespace.Named("/shop").tag(CART),
                new Namespace.Named("default").tag(CART),
                new Namespace.Unknown().tag(CART),
                new Namespace.OfApplication("/shop").tag(CART),
                new Namespace.OfContext("", "/shop").tag(CART),
                new Namespace.OfContext("a", "/shop").tag(CART),
                new Namespace.OfContext("b", "/shop").tag(CART),
                // Tomcat's names have a slash.
                new Namespace.OfContext("Catalina/localhost", "/shop").tag(CART),
                new Namespace.OfContext("Catalina", "/localhost/shop").tag(CART),
                new Namespace.OfContext("a", "/shop").tag(new DataType(User.class))))
        .doesNotHaveDuplicates();
  }
}
