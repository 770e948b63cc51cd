package org.typedsession.it.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.typedsession.it.client.load.LoadResult;
import org.typedsession.it.client.load.Outcome;
import org.typedsession.it.client.load.Timeline.Fault;
import org.typedsession.it.client.load.Timeline.Impact;
import org.typedsession.it.client.load.Timeline.Sample;
import org.typedsession.it.tests.FaultInjection.Kind;
import org.typedsession.it.tests.FaultInjection.Role;
import org.typedsession.it.tests.FaultInjection.Trial;
import org.typedsession.testkit.history.Violation;

/**
 * What users noticed of each trial of a {@link FaultInjection}, and what of all of them was wrong.
 * What is wrong is told for the whole load: a history that cannot be explained has no one cause.
 */
final class FaultInjectionFigures {
  private static final String HEADER =
      "fault,node,role,fault_ms,over_ms,served_by_healthy,503_of_healthy,no_answer_of_healthy,"
          + "slowest_of_healthy_ms,503_of_struck,no_answer_of_struck,404_of_struck,"
          + "users,affected,median_ms,worst_ms,affected_by_return,median_of_return_ms,"
          + "worst_of_return_ms";

  private static final String KINDS_HEADER =
      "fault,role,count,503_of_healthy,slowest_of_healthy_ms,users,affected,median_ms,worst_ms,"
          + "affected_by_return,median_of_return_ms,worst_of_return_ms";

  /** Faults that are told of together. */
  private record Faults(Kind kind, Role role) {}

  /** How long users were refused, of those who were. */
  private record Outages(int users, List<Duration> lengths) {
    Duration worst() {
      return lengths.isEmpty() ? Duration.ZERO : lengths.get(lengths.size() - 1);
    }

    Duration median() {
      return lengths.isEmpty() ? Duration.ZERO : lengths.get(lengths.size() / 2);
    }

    @Override
    public String toString() {
      return lengths.isEmpty()
          ? "nobody"
          : "%d of %d users, median %d ms, worst %d ms"
              .formatted(lengths.size(), users, millis(median()), millis(worst()));
    }
  }

  private final List<Trial> trials;
  private final LoadResult result;
  private final Map<Fault, Impact> impacts;

  FaultInjectionFigures(List<Trial> trials, LoadResult result) {
    this.trials = trials;
    this.result = result;
    this.impacts =
        result.timeline().impacts().stream().collect(Collectors.toMap(Impact::fault, i -> i));
  }

  /** How many requests the nodes that were not struck have served, by trial. */
  List<Long> servedByHealthy() {
    return trials.stream()
        .map(
            trial ->
                samples(trial, trial.healthy(), Outcome.SERVED)
                    .filter(sample -> sample.end().compareTo(trial.end().at()) < 0)
                    .count())
        .toList();
  }

  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    List<Long> served = servedByHealthy();
    for (int i = 0; i < trials.size(); i++) {
      lines.add(line(trials.get(i), served.get(i)));
    }
    lines.add("");
    lines.add(KINDS_HEADER);
    byKind().forEach((kind, own) -> lines.add(line(kind, own)));
    lines.add("");
    lines.add("count,of all of it");
    lines.add("%d,operations".formatted(result.verdict().operations()));
    lines.add("%d,acknowledged logouts".formatted(result.logouts()));
    for (Violation.Kind kind : Violation.Kind.values()) {
      lines.add("%d,%s".formatted(result.verdict().count(kind), kind));
    }
    lines.add("%d,5xx other than 503".formatted(result.errors().size()));
    lines.add("%d,other anomalies".formatted(result.anomalies().size()));
    Files.createDirectories(file.getParent());
    Files.write(file, lines);
  }

  private String line(Trial trial, long served) {
    List<String> struck = List.of(trial.struck());
    Impact begin = impacts.get(trial.begin());
    Impact end = impacts.get(trial.end());
    return Stream.of(
            trial.kind(),
            trial.struck(),
            trial.role(),
            millis(trial.end().at().minus(trial.begin().at())),
            millis(trial.over().minus(trial.end().at())),
            served,
            samples(trial, trial.healthy(), Outcome.UNAVAILABLE).count(),
            samples(trial, trial.healthy(), Outcome.NO_ANSWER).count(),
            millis(slowest(trial)),
            samples(trial, struck, Outcome.UNAVAILABLE).count(),
            samples(trial, struck, Outcome.NO_ANSWER).count(),
            samples(trial, struck, Outcome.NOT_THERE).count(),
            begin.users(),
            begin.affected(),
            millis(begin.median()),
            millis(begin.worst()),
            end.affected(),
            millis(end.median()),
            millis(end.worst()))
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private String line(Faults faults, List<Trial> own) {
    Outages begin = outages(own, Trial::begin);
    Outages end = outages(own, Trial::end);
    return Stream.of(
            faults.kind(),
            faults.role(),
            own.size(),
            refused(own),
            millis(slowest(own)),
            begin.users(),
            begin.lengths().size(),
            millis(begin.median()),
            millis(begin.worst()),
            end.lengths().size(),
            millis(end.median()),
            millis(end.worst()))
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private SortedMap<Faults, List<Trial>> byKind() {
    return trials.stream()
        .collect(
            Collectors.groupingBy(
                trial -> new Faults(trial.kind(), trial.role()),
                () -> new TreeMap<>(Comparator.comparing(Faults::kind).thenComparing(Faults::role)),
                Collectors.toList()));
  }

  /** One line for each kind of fault and role of its node, and one for what was wrong. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    byKind()
        .forEach(
            (faults, own) ->
                lines.add(
                    ("%s of %s x %d: %d served by the others, %d answered 503, slowest after %d ms; "
                            + "refused at first %s, at the return %s")
                        .formatted(
                            faults.kind(),
                            faults.role(),
                            own.size(),
                            own.stream().mapToLong(trial -> count(trial, Outcome.SERVED)).sum(),
                            refused(own),
                            millis(slowest(own)),
                            outages(own, Trial::begin),
                            outages(own, Trial::end))));
    lines.add(
        ("%d faults, %d operations, %d acknowledged logouts: forks %d, lost writes %d, "
                + "lost sessions %d, logouts undone %d, dead ids accepted %d, sessions denied %d, "
                + "stale reads %d, 5xx other than 503 %d")
            .formatted(
                trials.size(),
                result.verdict().operations(),
                result.logouts(),
                result.verdict().forks(),
                result.verdict().count(Violation.Kind.LOST_WRITE),
                result.verdict().count(Violation.Kind.LOST_SESSION),
                result.verdict().count(Violation.Kind.RESURRECTED),
                result.verdict().count(Violation.Kind.DEAD_ID_ACCEPTED),
                result.verdict().count(Violation.Kind.DENIED_SESSION),
                result.verdict().count(Violation.Kind.STALE_READ),
                result.errors().size()));
    return lines;
  }

  // Of the users of all trials together: one median of many, not of a few medians.
  private Outages outages(List<Trial> own, Function<Trial, Fault> moment) {
    List<Impact> noticed = own.stream().map(moment).map(impacts::get).toList();
    return new Outages(
        noticed.stream().mapToInt(Impact::users).sum(),
        noticed.stream().flatMap(impact -> impact.outages().stream()).sorted().toList());
  }

  private long refused(List<Trial> own) {
    return own.stream().mapToLong(trial -> count(trial, Outcome.UNAVAILABLE)).sum();
  }

  private Duration slowest(List<Trial> own) {
    return own.stream().map(this::slowest).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  private long count(Trial trial, Outcome outcome) {
    return samples(trial, trial.healthy(), outcome).count();
  }

  // What a user would have waited for behind a load balancer that knows which nodes are well.
  private Duration slowest(Trial trial) {
    return Stream.of(Outcome.values())
        .flatMap(outcome -> samples(trial, trial.healthy(), outcome))
        .map(sample -> sample.end().minus(sample.begin()))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private Stream<Sample> samples(Trial trial, Collection<String> nodes, Outcome outcome) {
    return result.timeline().samples().stream()
        .filter(sample -> sample.outcome() == outcome)
        .filter(sample -> nodes.contains(sample.node()))
        .filter(sample -> sample.begin().compareTo(trial.begin().at()) > 0)
        .filter(sample -> sample.end().compareTo(trial.over()) < 0);
  }

  private static long millis(Duration duration) {
    return duration.toMillis();
  }
}
