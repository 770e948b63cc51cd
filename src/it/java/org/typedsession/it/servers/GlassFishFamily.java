package org.typedsession.it.servers;

import java.nio.file.Path;
import java.util.OptionalInt;

/** GlassFish, and Payara, which descends from it. */
sealed interface GlassFishFamily extends Server permits GlassFishServer, PayaraServer {
  @Override
  default Path log() {
    return Server.home().resolve(Path.of("glassfish", "domains", "domain1", "logs", "server.log"));
  }

  @Override
  default OptionalInt refusalOf(String path) {
    // A backslash, and what is no UTF-8.
    return path.contains("%00") || path.contains("%5C") || path.contains("%FF")
        ? OptionalInt.of(400)
        : OptionalInt.empty();
  }

  @Override
  default boolean loadsListedFragments() {
    return false;
  }

  @Override
  default boolean answersFailuresAtTheEndOfAsyncResources() {
    return false;
  }

  @Override
  default String exceptionAfterStartAsync() {
    return "timed out";
  }
}
