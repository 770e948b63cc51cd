package org.typedsession.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation of one contender, in the JVM that has the members: {@link Operations} has many
 * short runs of it, the contenders in turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class OperationBenchmark {
  /** What the next run is to do; JMH makes the states, so that it cannot be handed to them. */
  private static volatile Supplier<? extends Supplier<?>> current = () -> () -> "nothing";

  private static final LongAdder CALLS = new LongAdder();
  private static final LongAdder ALLOCATED = new LongAdder();

  private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private Supplier<?> operation;
  private long calls;
  private long allocatedBefore;

  /**
   * Says what the next run does.
   *
   * @param operations gives each thread its own, which may begin sessions for it
   */
  static void next(Supplier<? extends Supplier<?>> operations) {
    current = operations;
    CALLS.reset();
    ALLOCATED.reset();
  }

  /** Bytes that a calling thread has allocated for an operation, in the run that was the last. */
  static double allocatedByCaller() {
    return (double) ALLOCATED.sum() / CALLS.sum();
  }

  /** Begins the sessions. */
  @Setup
  public void begin() {
    operation = current.get();
  }

  /** Begins to count what this thread allocates. */
  @Setup(Level.Iteration)
  public void count() {
    calls = 0;
    allocatedBefore = threads.getCurrentThreadAllocatedBytes();
  }

  /** Hands over what this thread has counted. */
  @TearDown(Level.Iteration)
  public void counted() {
    ALLOCATED.add(threads.getCurrentThreadAllocatedBytes() - allocatedBefore);
    CALLS.add(calls);
  }

  /** One operation. */
  @Benchmark
  public Object operation() {
    calls++;
    return operation.get();
  }
}
