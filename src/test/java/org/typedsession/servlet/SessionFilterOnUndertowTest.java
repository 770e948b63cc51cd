package org.typedsession.servlet;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class SessionFilterOnUndertowTest extends SessionFilterContract {
  private static EmbeddedServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    server = EmbeddedUndertow.withFilterApplication(StaticFiles.in(directory));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected FilterClient newClient() {
    return new FilterClient(server.base());
  }
}
