package org.typedsession.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Throughput of all contenders, side by side: in every round each of them runs for a moment in each
 * cell, one right after the other and in another order each round, so that what else the machine
 * does meanwhile meets all of them. The first round warms up and is not counted.
 */
final class Operations {
  /**
   * One contender in one cell in one round.
   *
   * @param processor nanoseconds of processor time for an operation, of all members and the server
   * @param allocated bytes that all members allocate for an operation
   * @param byCaller bytes of these that the calling thread allocates
   */
  record Sample(double perSecond, double processor, double allocated, double byCaller) {}

  // Each thread takes turns with as many of its own, so that none waits for another's session.
  private static final int SESSIONS_OF_THREAD = 32;
  // To begin more would take longer than what is measured.
  private static final int SESSIONS = 128;
  private static final int SLICE_MILLIS = 300;
  // To have what a cell needs compiled; in full so many cells need the same that none has to.
  private static final int LONG_SLICE_MILLIS = 1_000;
  private static final int SLICE_IN_FULL_MILLIS = 200;

  private final boolean full;
  private final Profiles profiles;
  private final Progress progress;
  private final Map<Cell, Map<Contender, List<Sample>>> results = new LinkedHashMap<>();
  private final List<String> absent = new ArrayList<>();

  /**
   * @param full whether to measure with all threads and sizes, and everybody who takes part, in
   *     place of what the rest can be told from
   */
  Operations(boolean full, Profiles profiles, Progress progress) {
    this.full = full;
    this.profiles = profiles;
    this.progress = progress;
  }

  Map<Cell, Map<Contender, List<Sample>>> run() throws Exception {
    Map<Integer, List<Cell>> byMembers =
        cells(full).stream()
            .collect(Collectors.groupingBy(Cell::members, TreeMap::new, Collectors.toList()));
    int rounds = BenchmarkRun.rounds(full ? 3 : 5);
    try (Backends backends = Backends.start()) {
      absent.addAll(backends.absent());
      absent.forEach(System.out::println);
      int all = byMembers.values().stream().mapToInt(cells -> runsOf(cells, backends)).sum();
      progress.begin("operations", all * rounds);
      for (Map.Entry<Integer, List<Cell>> each : byMembers.entrySet()) {
        try (Environment environment = new Environment(each.getKey(), backends)) {
          for (int round = 0; round < rounds; round++) {
            for (Cell cell : each.getValue()) {
              round(environment, backends, cell, round);
            }
          }
          if (profiles.wanted()) {
            for (Cell cell : each.getValue()) {
              record(environment, backends, cell);
            }
          }
        }
      }
    }
    return results;
  }

  /** Why some contenders took no part: a sentence for each. */
  List<String> absent() {
    return List.copyOf(absent);
  }

  private int runsOf(Collection<Cell> cells, Backends backends) {
    return cells.stream().mapToInt(cell -> contenders(cell, backends).size()).sum();
  }

  private List<Contender> contenders(Cell cell, Backends backends) {
    return Arrays.stream(Contender.values())
        .filter(contender -> contender.takesPart(cell) && backends.has(contender))
        .filter(contender -> full || cell.isCommon() || contender.isBrief())
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private void round(Environment environment, Backends backends, Cell cell, int round)
      throws RunnerException {
    List<Contender> order = contenders(cell, backends);
    Collections.rotate(order, round);
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    for (Contender contender : order) {
      ProcessorTime.with(() -> backends.processorNanos(contender));
      Sample sample = measure(environment, cell, contender, round == 0);
      progress.step(
          "%s: %s %,.0f/s".formatted(cell, contender.label(cell.operation()), sample.perSecond));
      if (round > 0) {
        results
            .computeIfAbsent(cell, key -> new EnumMap<>(Contender.class))
            .computeIfAbsent(contender, key -> new ArrayList<>())
            .add(sample);
      }
    }
  }

  private void record(Environment environment, Backends backends, Cell cell) throws Exception {
    for (Contender contender : contenders(cell, backends)) {
      profiles.record(
          "%s, %s".formatted(cell, contender.label),
          () -> measure(environment, cell, contender, false));
    }
  }

  private Sample measure(Environment environment, Cell cell, Contender contender, boolean warmUp)
      throws RunnerException {
    int sessions = Math.min(SESSIONS_OF_THREAD, SESSIONS / cell.threads());
    OperationBenchmark.next(() -> environment.operation(contender, cell, sessions));
    Options options =
        new OptionsBuilder()
            .include(OperationBenchmark.class.getName())
            // The members are in this JVM.
            .forks(0)
            .threads(cell.threads())
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(100))
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(slice(cell, warmUp)))
            .addProfiler(GCProfiler.class)
            .addProfiler(ProcessorTime.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    RunResult result = new Runner(options).runSingle();
    environment.clear(contender);
    return new Sample(
        result.getPrimaryResult().getScore(),
        result.getSecondaryResults().get(ProcessorTime.LABEL).getScore(),
        result.getSecondaryResults().get(HotPaths.ALLOCATED).getScore(),
        OperationBenchmark.allocatedByCaller());
  }

  private int slice(Cell cell, boolean warmUp) {
    if (full) {
      return SLICE_IN_FULL_MILLIS;
    }
    return warmUp && cell.members() == 1 ? LONG_SLICE_MILLIS : SLICE_MILLIS;
  }

  private static List<Cell> cells(boolean full) {
    List<Cell> cells = new ArrayList<>();
    int[] threads = full ? new int[] {1, 4, 16, 64} : new int[] {4};
    int[] sizes = full ? new int[] {200, 4096} : new int[] {200};
    for (int members = 1; members <= 3; members++) {
      for (int bytes : sizes) {
        for (int count : threads) {
          addAll(cells, members, count, bytes, full);
        }
      }
    }
    if (!full) {
      for (int count : new int[] {1, 16, 64}) {
        cells.add(new Cell(3, count, 200, Operation.UPDATE, Caller.STICKY));
      }
      cells.add(new Cell(3, 4, 4096, Operation.UPDATE, Caller.STICKY));
      cells.add(new Cell(3, 4, 4096, Operation.READ, Caller.OTHER));
      cells.add(new Cell(3, 4, 4096, Operation.REMAP, Caller.STICKY));
      // Where nobody else's write fills the time that one waits.
      cells.add(new Cell(3, 1, 200, Operation.REMAP, Caller.STICKY));
    }
    return cells;
  }

  private static void addAll(
      List<Cell> cells, int members, int threads, int bytes, boolean everything) {
    for (Operation operation : Operation.values()) {
      // Two members have all in common with three but that each has a copy of everything.
      boolean wanted =
          members != 2 || operation == Operation.UPDATE || operation == Operation.REMAP;
      if (everything || wanted) {
        cells.add(new Cell(members, threads, bytes, operation, Caller.STICKY));
      }
      if (members == 3 && operation == Operation.READ) {
        cells.add(new Cell(members, threads, bytes, operation, Caller.OTHER));
      }
      if (members == 3 && (operation == Operation.UPDATE || operation == Operation.REMAP)) {
        cells.add(new Cell(members, threads, bytes, operation, Caller.RANDOM));
      }
    }
  }
}
