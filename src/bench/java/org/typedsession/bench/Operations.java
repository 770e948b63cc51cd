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
  /** Operations a second of one contender, one figure for each round. */
  record Series(List<Double> rounds) {
    double median() {
      double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      int middle = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double least() {
      return rounds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double most() {
      return rounds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** The median of this series over another's, of the same rounds. */
    double over(Series other) {
      return ratios(other).median();
    }

    /** What this series is to another in each round. */
    Series ratios(Series other) {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < rounds.size(); i++) {
        ratios.add(rounds.get(i) / other.rounds.get(i));
      }
      return new Series(ratios);
    }
  }

  // How many sessions each thread takes turns with: no thread waits for another's session.
  private static final int SESSIONS = 32;

  private final boolean full;
  private final Progress progress;
  private final Map<Cell, Map<Contender, Series>> results = new LinkedHashMap<>();

  Operations(boolean full, Progress progress) {
    this.full = full;
    this.progress = progress;
  }

  Map<Cell, Map<Contender, Series>> run() throws RunnerException {
    Map<Integer, List<Cell>> byMembers =
        cells(full).stream()
            .collect(Collectors.groupingBy(Cell::members, TreeMap::new, Collectors.toList()));
    int rounds = full ? 9 : 5;
    int all = byMembers.values().stream().mapToInt(this::runsOf).sum() * rounds;
    progress.begin("operations", all);
    for (Map.Entry<Integer, List<Cell>> each : byMembers.entrySet()) {
      try (Environment environment = new Environment(each.getKey(), true)) {
        for (int round = 0; round < rounds; round++) {
          for (Cell cell : each.getValue()) {
            round(environment, cell, round);
          }
        }
      }
    }
    return results;
  }

  private int runsOf(Collection<Cell> cells) {
    return cells.stream().mapToInt(cell -> contenders(cell).size()).sum();
  }

  private static List<Contender> contenders(Cell cell) {
    return Arrays.stream(Contender.values())
        .filter(contender -> contender.takesPart(cell.operation(), cell.members()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private void round(Environment environment, Cell cell, int round) throws RunnerException {
    List<Contender> order = contenders(cell);
    Collections.rotate(order, round);
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    for (Contender contender : order) {
      double score = measure(environment, cell, contender, round == 0);
      progress.step("%s: %s %,.0f/s".formatted(cell, contender.label, score));
      if (round > 0) {
        results
            .computeIfAbsent(cell, key -> new EnumMap<>(Contender.class))
            .computeIfAbsent(contender, key -> new Series(new ArrayList<>()))
            .rounds()
            .add(score);
      }
    }
  }

  private double measure(Environment environment, Cell cell, Contender contender, boolean warmUp)
      throws RunnerException {
    OperationBenchmark.next(
        new OperationBenchmark.Setting(
            () -> environment.client(contender, cell.caller(), cell.bytes(), SESSIONS),
            cell.operation()));
    Options options =
        new OptionsBuilder()
            .include(OperationBenchmark.class.getName())
            // The members are in this JVM.
            .forks(0)
            .threads(cell.threads())
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(100))
            .measurementIterations(1)
            .measurementTime(
                TimeValue.milliseconds(
                    warmUp ? (cell.members() == 1 ? 1_500 : 300) : full ? 1_000 : 400))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    RunResult result = new Runner(options).runSingle();
    environment.clear(contender);
    return result.getPrimaryResult().getScore();
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
