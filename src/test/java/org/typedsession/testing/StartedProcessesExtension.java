package org.typedsession.testing;

import org.junit.jupiter.api.extension.Extension;

/**
 * Ends what the tests have started and not ended: servers, browsers, command lines. Registered for
 * all tests in {@code META-INF/services}.
 */
public final class StartedProcessesExtension implements Extension {
  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly),
                "end of started processes"));
  }
}
