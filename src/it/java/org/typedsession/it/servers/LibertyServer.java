package org.typedsession.it.servers;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Open Liberty. */
record LibertyServer() implements Server {
  @Override
  public Path log() {
    return Server.home().resolve(Path.of("usr", "servers", "tests", "logs", "messages.log"));
  }

  @Override
  public OptionalInt refusalOf(String path) {
    // Slashes of both kinds and control characters, when they are encoded.
    return Stream.of("%00", "%0D", "%2F", "%5C").anyMatch(path::contains)
        ? OptionalInt.of(400)
        : OptionalInt.empty();
  }

  @Override
  public String removedCookieValue() {
    return "\"\"";
  }
}
