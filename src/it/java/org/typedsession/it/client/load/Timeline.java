package org.typedsession.it.client.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** When users got which answers, and what was done to the servers meanwhile. */
public final class Timeline {
  private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final Map<Outcome, AtomicInteger> counts = zeros();
  private final Map<String, Map<Outcome, AtomicInteger>> countsByNode = new ConcurrentHashMap<>();

  private static Map<Outcome, AtomicInteger> zeros() {
    Map<Outcome, AtomicInteger> zeros = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      zeros.put(outcome, new AtomicInteger());
    }
    return zeros;
  }

  /**
   * One request.
   *
   * @param user who waited for it
   * @param node who was to answer
   * @param begin when it was sent, since the beginning of the load
   * @param end when its answer was there or was given up
   */
  public record Sample(String user, String node, Duration begin, Duration end, Outcome outcome) {}

  /**
   * Something that was done to the servers.
   *
   * @param at when, since the beginning of the load
   */
  public record Fault(Duration at, String text) {}

  /**
   * The answers of one stretch of time.
   *
   * @param start when it began
   * @param answers how many there were, by node and outcome
   */
  public record Bucket(Duration start, Map<String, Map<Outcome, Integer>> answers) {
    public int count(Outcome outcome) {
      return answers.values().stream().mapToInt(counts -> counts.getOrDefault(outcome, 0)).sum();
    }

    public int count(String node) {
      return answers.getOrDefault(node, Map.of()).values().stream()
          .mapToInt(Integer::intValue)
          .sum();
    }
  }

  /**
   * What users noticed of a fault, until the next one.
   *
   * <p>A user's outage goes from the first refused request, or from the fault if that request was
   * under way by then, to the first answer that is no refusal. It belongs to the fault that came
   * last before the first refusal; of several the longest counts.
   *
   * @param users how many there are
   * @param affected how many were refused something
   * @param refusals how many requests were
   * @param outages of the users who had one, the longest of each, the shortest first
   * @param median of them
   * @param worst the longest of them
   * @param unrecovered how many users were still being refused at the end of the load
   * @param lastRefusal when the last outage of this fault was over, since the fault
   */
  public record Impact(
      Fault fault,
      int users,
      int affected,
      int refusals,
      List<Duration> outages,
      Duration median,
      Duration worst,
      int unrecovered,
      Duration lastRefusal) {}

  private record Outage(
      String user, Duration begin, Duration noticed, Duration end, int refusals, boolean open) {
    Duration length() {
      return end.minus(begin);
    }

    boolean isNoticedIn(Duration from, Duration until) {
      return noticed.compareTo(from) >= 0 && noticed.compareTo(until) < 0;
    }

    Outage notBefore(Duration from) {
      return new Outage(
          user, begin.compareTo(from) < 0 ? from : begin, noticed, end, refusals, open);
    }
  }

  void add(Sample sample) {
    samples.add(sample);
    counts.get(sample.outcome()).incrementAndGet();
    countsByNode
        .computeIfAbsent(sample.node(), node -> zeros())
        .get(sample.outcome())
        .incrementAndGet();
  }

  void add(Fault fault) {
    faults.add(fault);
  }

  public List<Sample> samples() {
    return List.copyOf(samples);
  }

  public List<Fault> faults() {
    return faults.stream().sorted(Comparator.comparing(Fault::at)).toList();
  }

  /** How many answers there are so far. */
  public int size() {
    return counts.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** How many of them came out so. */
  public int count(Outcome outcome) {
    return counts.get(outcome).get();
  }

  /** How many of those that {@code node} was asked for came out so. */
  public int count(String node, Outcome outcome) {
    Map<Outcome, AtomicInteger> own = countsByNode.get(node);
    return own == null ? 0 : own.get(outcome).get();
  }

  /** From the first request to the last answer. */
  public Duration length() {
    Duration first =
        samples.stream().map(Sample::begin).min(Comparator.naturalOrder()).orElse(Duration.ZERO);
    return end().minus(first);
  }

  private Duration end() {
    return samples.stream().map(Sample::end).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  /** How many requests per second were not refused. */
  public double throughput() {
    long served = samples.stream().filter(sample -> !sample.outcome().isRefusal()).count();
    double seconds = length().toNanos() / 1e9;
    return seconds > 0 ? served / seconds : 0;
  }

  /** All answers by the time they came, without gaps. */
  public List<Bucket> buckets(Duration width) {
    SortedMap<Long, Map<String, Map<Outcome, Integer>>> counts = new TreeMap<>();
    for (Sample sample : samples) {
      counts
          .computeIfAbsent(sample.end().dividedBy(width), index -> new TreeMap<>())
          .computeIfAbsent(sample.node(), node -> new EnumMap<>(Outcome.class))
          .merge(sample.outcome(), 1, Integer::sum);
    }
    List<Bucket> buckets = new ArrayList<>();
    long last = counts.isEmpty() ? -1 : counts.lastKey();
    for (long index = 0; index <= last; index++) {
      buckets.add(new Bucket(width.multipliedBy(index), counts.getOrDefault(index, Map.of())));
    }
    return buckets;
  }

  /** What users noticed of each fault. */
  public List<Impact> impacts() {
    Map<String, List<Sample>> users = samples.stream().collect(Collectors.groupingBy(Sample::user));
    List<Outage> outages = users.values().stream().flatMap(own -> outages(own).stream()).toList();
    List<Fault> all = faults();
    List<Impact> impacts = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Duration from = all.get(i).at();
      Duration until = i + 1 < all.size() ? all.get(i + 1).at() : end().plusNanos(1);
      List<Outage> own =
          outages.stream()
              .filter(outage -> outage.isNoticedIn(from, until))
              .map(outage -> outage.notBefore(from))
              .toList();
      impacts.add(impact(all.get(i), users.size(), own));
    }
    return impacts;
  }

  private static Impact impact(Fault fault, int users, List<Outage> outages) {
    Collection<Outage> longest =
        outages.stream()
            .collect(
                Collectors.toMap(
                    Outage::user,
                    Function.identity(),
                    (one, other) -> one.length().compareTo(other.length()) < 0 ? other : one))
            .values();
    List<Duration> lengths = longest.stream().map(Outage::length).sorted().toList();
    return new Impact(
        fault,
        users,
        lengths.size(),
        outages.stream().mapToInt(Outage::refusals).sum(),
        lengths,
        median(lengths),
        lengths.isEmpty() ? Duration.ZERO : lengths.get(lengths.size() - 1),
        (int) outages.stream().filter(Outage::open).count(),
        outages.stream()
            .map(Outage::end)
            .max(Comparator.naturalOrder())
            .map(end -> end.minus(fault.at()))
            .orElse(Duration.ZERO));
  }

  static Duration median(List<Duration> sorted) {
    if (sorted.isEmpty()) {
      return Duration.ZERO;
    }
    Duration low = sorted.get((sorted.size() - 1) / 2);
    return low.plus(sorted.get(sorted.size() / 2)).dividedBy(2);
  }

  private static List<Outage> outages(List<Sample> own) {
    List<Outage> outages = new ArrayList<>();
    List<Sample> refusals = new ArrayList<>();
    for (Sample sample : own.stream().sorted(Comparator.comparing(Sample::end)).toList()) {
      if (sample.outcome().isRefusal()) {
        refusals.add(sample);
      } else if (!refusals.isEmpty()) {
        outages.add(outage(refusals, sample.end(), false));
        refusals.clear();
      }
    }
    if (!refusals.isEmpty()) {
      outages.add(outage(refusals, refusals.get(refusals.size() - 1).end(), true));
    }
    return outages;
  }

  private static Outage outage(List<Sample> refusals, Duration end, boolean open) {
    Sample first = refusals.get(0);
    return new Outage(first.user(), first.begin(), first.end(), end, refusals.size(), open);
  }
}
