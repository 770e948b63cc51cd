package org.typedsession.it.servers;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.typedsession.testing.Program;

/**
 * The process of a server.
 *
 * @param name what failures call it
 * @param handle the process
 * @param patience how long it may take to end
 */
record ServerProcess(String name, ProcessHandle handle, Duration patience) {
  /** Ends it at once ({@code kill -9}), without any chance to say goodbye. */
  void kill() {
    handle.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end ({@code kill -TERM}), and waits until it has. */
  void terminate() {
    handle.destroy();
    awaitEnd();
  }

  void awaitEnd() {
    await(name + " ends").atMost(patience).until(() -> !handle.isAlive());
  }

  /** Halts it; it keeps its memory and its sockets ({@code kill -STOP}). */
  void suspend() {
    signal("STOP");
  }

  /** Lets it go on when it was halted ({@code kill -CONT}). */
  void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    new Program(List.of("kill", "-" + signal, Long.toString(handle.pid()))).run(patience);
  }
}
