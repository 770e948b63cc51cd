package org.typedsession.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** One figure of one contender, once for each round. */
record Series(List<Double> rounds) {
  static <T> Series of(List<T> rounds, ToDoubleFunction<T> figure) {
    return new Series(rounds.stream().mapToDouble(figure).boxed().toList());
  }

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

  /** The median, the least and the most of ratios. */
  String withSpread() {
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median(), least(), most());
  }

  /** The median of what this series is to another in each round. */
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
