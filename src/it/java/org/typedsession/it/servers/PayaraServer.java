package org.typedsession.it.servers;

import java.util.OptionalInt;

/**
 * Payara.
 *
 * @param hasServlet61 Payara 7
 */
record PayaraServer(boolean hasServlet61) implements GlassFishFamily {
  @Override
  public OptionalInt refusalOf(String path) {
    OptionalInt refusal = GlassFishFamily.super.refusalOf(path);
    // The authorization of Payara 7 throws "invalid URLPatternSpec" at the end of a line.
    return hasServlet61 && refusal.isEmpty() && path.contains("%0D")
        ? OptionalInt.of(503)
        : refusal;
  }
}
