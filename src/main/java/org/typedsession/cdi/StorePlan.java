package org.typedsession.cdi;

import java.util.function.Supplier;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.spi.SessionCodec;

/**
 * What is settled about a store when the application is deployed.
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

  /** The application has a bean. */
  record Own(Supplier<DefaultSessionStore<Object>> bean) implements Source {}
}
