package org.typedsession.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.profile.JavaFlightRecorderProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Time and allocation of the steps of a request, each in JVMs of its own. */
final class HotPaths {
  /** The names of the benchmarks, in the order of the report. */
  private static final String[] STEPS = {
    "cookieHeader",
    "cookieValueAndHash",
    "decode",
    "encode",
    "noCookie",
    "rawGet",
    "readInMemory",
    "readInInfinispan",
    "rawReplace",
    "updateInMemory",
    "updateInInfinispan",
    "remapInMemory",
    "remapInInfinispan",
    "placement"
  };

  private static final String[] COMPARED = {
    "cookieHeader", "cookieValueAndHash", "readInInfinispan", "updateInInfinispan"
  };

  /** JMH's name of the bytes that are allocated for an operation. */
  static final String ALLOCATED = "gc.alloc.rate.norm";

  private static final String CLASS_PATH = "java.class.path";

  /**
   * @param processor nanoseconds of processor time for one operation, median of the iterations
   * @param nanos by the clock
   * @param deviation the standard deviation of the iterations
   * @param bytes allocated by one operation
   */
  record Step(double processor, double nanos, double deviation, double bytes) {
    @Override
    public String toString() {
      return "%,.0f ns, %,.0f B".formatted(processor, bytes);
    }
  }

  private HotPaths() {}

  static Map<String, Step> run(Profiles profiles, Progress progress) throws RunnerException {
    progress.begin("steps of a request", STEPS.length);
    Map<String, Step> steps = new LinkedHashMap<>();
    for (String step : STEPS) {
      if (profiles.wanted()) {
        new Runner(
                options(HotPathBenchmark.class, step)
                    .addProfiler(
                        JavaFlightRecorderProfiler.class,
                        "configName=profile;dir=" + profiles.folder())
                    .build())
            .run();
      }
      for (RunResult result : results(HotPathBenchmark.class, step)) {
        steps.put(step, step(result));
        progress.step(step + " " + steps.get(step));
      }
    }
    return steps;
  }

  /** What options cost: operation and parameters, and its figures. */
  static Map<String, Step> options(Progress progress) throws RunnerException {
    progress.begin("what options cost", 2);
    Map<String, Step> steps = new LinkedHashMap<>();
    for (String operation : List.of("read", "update")) {
      for (RunResult result : results(OptionBenchmark.class, operation)) {
        String option = result.getParams().getParam("option").toLowerCase(Locale.ROOT);
        String bytes = result.getParams().getParam("bytes");
        steps.put("%s, %s B, %s".formatted(operation, bytes, option), step(result));
      }
      progress.step(operation);
    }
    return steps;
  }

  /**
   * The steps with another version of the library, whose classes the JVMs find first, and with this
   * one, in turn: the step and which version, and its figures of all rounds.
   */
  static Map<String, List<Step>> beforeAndAfter(Path before, Progress progress)
      throws RunnerException {
    if (!Files.isDirectory(before.resolve("org/typedsession"))) {
      throw new IllegalArgumentException(
          "-Dbench.before has to be the target/classes of another version, was " + before);
    }
    int rounds = BenchmarkRun.rounds(3);
    progress.begin("before and after", rounds * COMPARED.length);
    Map<String, List<Step>> steps = new LinkedHashMap<>();
    String now = System.getProperty(CLASS_PATH);
    for (int round = 0; round < rounds; round++) {
      for (String step : COMPARED) {
        for (boolean old : List.of(round % 2 == 0, round % 2 != 0)) {
          // Which is what JMH starts its JVMs with.
          System.setProperty(CLASS_PATH, old ? before + File.pathSeparator + now : now);
          for (RunResult result : results(HotPathBenchmark.class, step)) {
            steps
                .computeIfAbsent(step + (old ? " before" : " after"), key -> new ArrayList<>())
                .add(step(result));
          }
        }
        progress.step(step);
      }
    }
    System.setProperty(CLASS_PATH, now);
    return steps;
  }

  private static Collection<RunResult> results(Class<?> benchmarks, String name)
      throws RunnerException {
    return new Runner(
            options(benchmarks, name)
                .addProfiler(GCProfiler.class)
                .addProfiler(ProcessorTime.class)
                .build())
        .run();
  }

  private static ChainedOptionsBuilder options(Class<?> benchmarks, String name) {
    return new OptionsBuilder()
        .include(benchmarks.getName() + "\\." + name + "$")
        .forks(1)
        .threads(1)
        .warmupIterations(3)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(5)
        .measurementTime(TimeValue.milliseconds(500))
        // Otherwise what is measured on a busy machine is code not compiled yet.
        .jvmArgsAppend("-Xbatch")
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  private static Step step(RunResult result) {
    return new Step(
        result.getSecondaryResults().get(ProcessorTime.LABEL).getStatistics().getPercentile(50),
        result.getPrimaryResult().getStatistics().getPercentile(50),
        result.getPrimaryResult().getStatistics().getStandardDeviation(),
        result.getSecondaryResults().get(ALLOCATED).getScore());
  }
}
