package org.typedsession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Lets no JVM of tests stay for ever, and none of the servers, browsers and command lines that it
 * has started. Registered in {@code META-INF/services}.
 *
 * <p>JUnit interrupts a test that takes too long, which a busy loop, a static initializer or the
 * test of another engine does not mind; surefire's own limit only asks the JVM to end. Here the JVM
 * ends by itself, after it has written all stacks to {@code target/hung-tests.txt}.
 */
public final class TestRunGuard implements TestExecutionListener {
  private static final String LIMIT = "timeout.of-all-seconds";
  private static final Path STACKS = Path.of("target", "hung-tests.txt");
  private static final int HUNG = 99;
  // Longer than any test waits that a busy machine slows down, shorter than what interrupts it.
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private final AtomicBoolean begun = new AtomicBoolean();

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    if (begun.getAndSet(true)) {
      return;
    }
    Awaitility.setDefaultTimeout(PATIENCE);
    Runtime.getRuntime().addShutdownHook(new Thread(TestRunGuard::endProcesses, "end of tests"));
    long limit = Long.getLong(LIMIT, 0);
    if (limit > 0) {
      Thread watch = new Thread(() -> endAfter(limit), "watch over the tests");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private static void endAfter(long seconds) {
    try {
      TimeUnit.SECONDS.sleep(seconds);
    } catch (InterruptedException e) {
      return;
    }
    try {
      Files.write(STACKS, stacks(seconds));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      endProcesses();
      Runtime.getRuntime().halt(HUNG);
    }
  }

  private static List<String> stacks(long seconds) {
    List<String> lines = new ArrayList<>();
    lines.add("The tests were not done after %d s.".formatted(seconds));
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      lines.add("");
      lines.add(thread.getKey() + " " + thread.getKey().getState());
      for (StackTraceElement frame : thread.getValue()) {
        lines.add("    at " + frame);
      }
    }
    return lines;
  }

  private static void endProcesses() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }
}
