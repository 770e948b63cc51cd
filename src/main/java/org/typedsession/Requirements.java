package org.typedsession;

import java.util.Optional;

/** What records of settings ask of their values. */
final class Requirements {
  private Requirements() {}

  static void requireText(String name, Optional<String> value) {
    value.ifPresent(text -> require(!text.isBlank(), name + " must not be blank"));
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
