package org.typedsession.json;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.cfg.PackageVersion;

/** The versions of Jackson that this package works with. Links to nothing that older ones lack. */
final class JacksonVersion {
  private static final int MAJOR = 2;
  // By trial: before it, records are read in another way, and constraints of writing are missing.
  private static final int LOWEST_MINOR = 18;

  private JacksonVersion() {}

  /**
   * @throws IllegalStateException if the Jackson that this class sees is too old
   */
  static void check() {
    check("jackson-databind", PackageVersion.VERSION);
    check("jackson-core", com.fasterxml.jackson.core.json.PackageVersion.VERSION);
    check("jackson-datatype-jsr310", com.fasterxml.jackson.datatype.jsr310.PackageVersion.VERSION);
  }

  static void check(String library, Version found) {
    if (found.getMajorVersion() == MAJOR && found.getMinorVersion() < LOWEST_MINOR) {
      throw new IllegalStateException(
          Messages.jacksonTooOld(library, found.toString(), MAJOR + "." + LOWEST_MINOR));
    }
  }
}
