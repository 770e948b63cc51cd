package org.typedsession.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One operation of one contender, in the JVM that has the members: {@link Operations} has many
 * short runs of it, the contenders in turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class OperationBenchmark {
  /** What the next run is to do; JMH makes the states, so that it cannot be handed to them. */
  private static volatile Setting current;

  private Client client;
  private Operation operation;

  /**
   * @param clients gives each thread its clients
   */
  record Setting(Supplier<Client> clients, Operation operation) {}

  static void next(Setting setting) {
    current = setting;
  }

  /** Begins the sessions. */
  @Setup
  public void begin() {
    Setting setting = current;
    operation = setting.operation;
    client = setting.clients.get();
  }

  /** One operation. */
  @Benchmark
  public Object operation() {
    return client.run(operation);
  }
}
