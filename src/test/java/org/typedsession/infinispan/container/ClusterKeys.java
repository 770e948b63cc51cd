package org.typedsession.infinispan.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Key stores for {@code encrypted.xml}, made as the guide says. */
final class ClusterKeys {
  static final String STACK = "org/typedsession/infinispan/encrypted.xml";
  static final String PASSWORD = "changeit";
  private static final int PATIENCE = 90;

  private ClusterKeys() {}

  static Path make(Path file) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
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
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(PATIENCE, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return file;
  }
}
