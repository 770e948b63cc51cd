package org.typedsession.servlet;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class SessionFilterOnTomcatTest extends SessionFilterContract {
  private static LabServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    server = TomcatLabServer.ofTheLab(LabFiles.in(directory), directory.resolve("work"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected LabClient lab() {
    return new LabClient(server.base());
  }
}
