package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.typedsession.testing.Campaign;
import org.typedsession.testing.FigureFile;

/** Counts what {@link ShopLoad} met while something was done to the nodes, and writes it down. */
final class NodeLifeFigures {
  private static final List<String> COLUMNS =
      List.of(
          "2xx",
          "409",
          "404 or 503 of the server",
          "503 of the store",
          "refused",
          "cut",
          "other",
          "kept",
          "ended",
          "lost with its answer",
          "lost sessions",
          "lost writes");
  private static final FigureFile FILE =
      FigureFile.of("node-life", "what," + String.join(",", COLUMNS));

  private final String what;
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final List<String> surprises = Collections.synchronizedList(new ArrayList<>());

  NodeLifeFigures(String what) {
    this.what = what;
  }

  static void forgetFiguresOfEarlierRuns() {
    FILE.clear();
  }

  void add(String column) {
    add(column, 1);
  }

  void add(String column, int number) {
    assertThat(COLUMNS).contains(column);
    counts.merge(column, number, Integer::sum);
  }

  /** A request that was sent and never answered. */
  void cut(String description) {
    add("cut");
    surprises.add(description);
  }

  /** An answer that nobody should get. */
  void other(String description) {
    add("other");
    surprises.add(description);
  }

  /** An answer that does not show what was acknowledged before. */
  void wrong(String description) {
    add("lost writes");
    surprises.add(description);
  }

  int of(String column) {
    return counts.getOrDefault(column, 0);
  }

  @Override
  public String toString() {
    return what + " " + counts + " " + surprises.stream().limit(5).toList();
  }

  /** Writes the figures down, and fails if something was lost or answered as it never should be. */
  void close() {
    String line =
        what
            + ","
            + COLUMNS.stream().map(column -> "" + of(column)).collect(Collectors.joining(","));
    System.out.println(COLUMNS + " " + line);
    surprises.stream().limit(20).forEach(System.out::println);
    FILE.append(line);
    new Campaign(
            "three WildFlys: " + what,
            of("2xx") + of("409"),
            0,
            of("lost writes") + of("lost sessions"),
            of("other") + of("cut"),
            Optional.empty())
        .report(surprises);
    assertThat(of("other")).as("%s: %s", what, surprises).isZero();
    assertThat(of("lost writes")).as("%s: %s", what, surprises).isZero();
    assertThat(of("lost sessions")).as("%s: lost sessions", what).isZero();
  }
}
