package org.typedsession.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** Deployment error: a value that cannot be one. */
  static String invalidSetting(String key, String value, String origin, @Nullable String reason) {
    return "TSESS0030: %s=%s (%s) is refused: %s".formatted(key, value, origin, reason);
  }

  /** Deployment error: a key that means nothing. */
  static String unknownSetting(String key, String origin, Optional<String> nearest) {
    return "TSESS0031: %s (%s) is no setting%s"
        .formatted(key, origin, nearest.map("; did you mean %s?"::formatted).orElse(""));
  }

  /** Deployment error: a value that its source cannot give. */
  static String unreadableSetting(String key, String origin, @Nullable String reason) {
    return "TSESS0032: %s (%s) cannot be read: %s".formatted(key, origin, reason);
  }
}
