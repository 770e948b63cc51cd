package org.typedsession.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time of the whole JVM for one operation, compiler and collector included, and of the
 * server that stores the sessions if there is one: what others do on the machine does not count, as
 * it does in the time by the clock.
 */
public final class ProcessorTime implements InternalProfiler {
  static final String LABEL = "processor.norm";

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static volatile LongSupplier server = () -> 0;

  private long before;

  /** Counts a server's processor time too, in runs in this JVM; JMH makes the profiler. */
  static void with(LongSupplier nanosOfServer) {
    server = nanosOfServer;
  }

  private long used() {
    return system.getProcessCpuTime() + server.getAsLong();
  }

  @Override
  public String getDescription() {
    return "processor time";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = used();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double nanos = used() - before;
    return List.of(
        new ScalarResult(
            LABEL, nanos / result.getMetadata().getAllOps(), "ns/op", AggregationPolicy.AVG));
  }
}
