package org.typedsession.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A place where settings are written down. */
public interface ConfigurationSource {
  /**
   * One value.
   *
   * @param text as it was written
   * @param origin where it was written, for people
   */
  record Value(String text, String origin) {}

  /** What every key of this library begins with. */
  String PREFIX = "typed-session.";

  /** What this place is called, for people. */
  String name();

  /**
   * The value under {@code key}, if there is one.
   *
   * @throws RuntimeException if there is one that cannot be read; the text says why
   */
  Optional<Value> find(String key);

  /** The keys of this place that belong to this library, as this place spells them. */
  Set<String> keys();

  /** How this place may spell {@code key}, or a part of one; the usual way last. */
  default List<String> spellings(String key) {
    return List.of(key);
  }

  /** Whether other applications read this place too, so that it may name types of theirs. */
  boolean isShared();
}
