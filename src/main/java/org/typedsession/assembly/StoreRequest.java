package org.typedsession.assembly;

import java.util.Optional;
import java.util.function.Supplier;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.core.DefaultSessionStore;

/**
 * What an application says of one type of session data for which it needs a store.
 *
 * @param type the session data
 * @param configuration decided in code; empty: what the settings say
 * @param source where the store itself comes from
 */
public record StoreRequest(
    DataType type, Optional<TypedSessionConfiguration> configuration, Source source) {

  /** Where a store comes from. */
  public sealed interface Source {}

  /**
   * This library puts it together.
   *
   * @param defaultData makes what a client has that has no session; for use by many threads
   */
  public record Assembled(Supplier<Object> defaultData) implements Source {}

  /**
   * The application has put it together.
   *
   * @param store asked once, when the stores are started
   */
  public record Own(Supplier<DefaultSessionStore<Object>> store) implements Source {}

  /** None, as the caller knows; what else is wrong with the type is found all the same. */
  public enum Nowhere implements Source {
    /** The one value. */
    INSTANCE
  }
}
