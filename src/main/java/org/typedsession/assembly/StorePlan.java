package org.typedsession.assembly;

import java.util.function.Supplier;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.spi.SessionCodec;

/**
 * What is settled about a store before it is known where the application is served.
 *
 * @param type the session data
 * @param configuration the configuration of that type
 * @param qualifier what tells the type's cookie from those of the application's other types; empty
 *     if there are none
 * @param source where the store itself comes from
 */
record StorePlan(
    DataType type, TypedSessionConfiguration configuration, String qualifier, Source source) {

  /** Where a store comes from. */
  sealed interface Source {}

  /** This library puts it together. */
  record Assembled(SessionCodec<Object> codec, Supplier<Object> defaultData) implements Source {}

  /** The application has put it together. */
  record Own(Supplier<DefaultSessionStore<Object>> store) implements Source {}

  // The web archives of an EAR may share one CDI container, and each has classes of its own.
  boolean isVisible() {
    return type.isVisibleTo(Libraries.ofApplication());
  }

  /** Whether its sessions are the same wherever the application is served. */
  boolean hasNamespace() {
    return configuration.namespace().isPresent() || source instanceof Own;
  }

  /** What its sessions are kept under by an application that is served at {@code place}. */
  Namespace namespace(Namespace place) {
    return configuration.namespace().<Namespace>map(Namespace.Named::new).orElse(place);
  }

  /** That namespace, for people. */
  String describe(Namespace place) {
    if (source instanceof Own) {
      return "of the application's own store";
    }
    Namespace namespace = namespace(place);
    return "%s|%s (%s)".formatted(namespace, type, namespace.tag(type));
  }
}
