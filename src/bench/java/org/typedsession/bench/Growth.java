package org.typedsession.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Throughput of one thread on one member that holds few sessions or many, side by side. */
final class Growth {
  private static final int[] SIZES = {1_000, 10_000, 100_000, 1_000_000};
  private static final List<Operation> OPERATIONS = List.of(Operation.READ, Operation.UPDATE);

  record Point(int sessions, Operation operation) {}

  private Growth() {}

  static Map<Point, Series> run(Progress progress) throws RunnerException {
    int rounds = BenchmarkRun.rounds(6);
    progress.begin("growth", SIZES.length + rounds * SIZES.length * OPERATIONS.size());
    Map<Point, Series> results = new LinkedHashMap<>();
    List<Environment> environments = new ArrayList<>();
    Map<Integer, Client> clients = new LinkedHashMap<>();
    try {
      for (int size : SIZES) {
        Environment environment = new Environment(1);
        environments.add(environment);
        clients.put(size, environment.client(Contender.PLAIN, Caller.STICKY, 200, size));
        progress.step("%,d sessions begun".formatted(size));
      }
      for (int round = 0; round < rounds; round++) {
        for (Operation operation : OPERATIONS) {
          for (int size : SIZES) {
            double score = measure(clients.get(size), operation);
            progress.step("%s, %,d sessions: %,.0f/s".formatted(operation.label, size, score));
            // The first warms up.
            if (round > 0) {
              results
                  .computeIfAbsent(new Point(size, operation), any -> new Series(new ArrayList<>()))
                  .rounds()
                  .add(score);
            }
          }
        }
      }
    } finally {
      environments.forEach(Environment::close);
    }
    return results;
  }

  private static double measure(Client client, Operation operation) throws RunnerException {
    OperationBenchmark.next(() -> () -> client.run(operation));
    RunResult result =
        new Runner(
                new OptionsBuilder()
                    .include(OperationBenchmark.class.getName())
                    .forks(0)
                    .threads(1)
                    .warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(100))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(500))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .runSingle();
    return result.getPrimaryResult().getScore();
  }
}
