package org.typedsession.infinispan.container;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.typedsession.testing.Program;

/** Key stores for {@code encrypted.xml}, made as the guide says. */
final class ClusterKeys {
  static final String STACK = "org/typedsession/infinispan/encrypted.xml";
  static final String PASSWORD = "changeit";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private ClusterKeys() {}

  static Path make(Path file) {
    new Program(
            List.of(
                Program.ofJdk("keytool"),
                "-genkeypair",
                "-alias",
                "typed-session",
                "-keyalg",
                "EC",
                "-dname",
                "CN=typed-session",
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD))
        .run(PATIENCE);
    return file;
  }
}
