package org.typedsession.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.typedsession.infinispan.MessageTable;

/** What the library is to reach, beside what has been measured. Nothing fails because of it. */
final class Targets {
  private static final String MET = "met";
  private static final String MISSED = "missed";

  private static final String OPERATIONS_IN_FULL = "operations in full";

  /** What a target is for, in the order of the report. */
  private static final List<String> PARTS =
      List.of("messages", "operations", OPERATIONS_IN_FULL, "steps", "heap", "http");

  private static final String HEAD =
      """
      | part | what | target | measured | |
      | --- | --- | --- | --- | --- |
      """;

  private record Row(String part, String what, String target, String measured, String verdict) {
    String line() {
      return "| %s | %s | %s | %s | %s |".formatted(part, what, target, measured, verdict);
    }
  }

  /** What one contender is to another, by the clock and by processor time: more is better. */
  private record Ratio(double clock, double processor) {
    static Ratio of(List<Operations.Sample> one, List<Operations.Sample> other) {
      return new Ratio(
          Series.of(one, Operations.Sample::perSecond)
              .over(Series.of(other, Operations.Sample::perSecond)),
          Series.of(other, Operations.Sample::processor)
              .over(Series.of(one, Operations.Sample::processor)));
    }

    static Ratio ofSlices(List<HttpLevel.Slice> one, List<HttpLevel.Slice> other) {
      return new Ratio(
          Series.of(one, HttpLevel.Slice::perSecond)
              .over(Series.of(other, HttpLevel.Slice::perSecond)),
          Series.of(other, HttpLevel.Slice::cpu).over(Series.of(one, HttpLevel.Slice::cpu)));
    }

    String text() {
      return format("%.2f by the clock, %.2f by processor time", clock, processor);
    }

    String verdict(double least) {
      boolean byClock = clock >= least;
      boolean byProcessor = processor >= least;
      return byClock == byProcessor
          ? byClock ? MET : MISSED
          : byClock ? "met by the clock alone" : "met by processor time alone";
    }
  }

  private final List<Row> rows = new ArrayList<>();

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  private static String plain(double figure) {
    return BigDecimal.valueOf(figure).stripTrailingZeros().toPlainString();
  }

  private void atMost(String part, String what, double most, double measured, String unit) {
    rows.add(
        new Row(
            part,
            what,
            "at most %s %s".formatted(plain(most), unit).strip(),
            format("%,.3g %s", measured, unit).strip(),
            measured <= most ? MET : MISSED));
  }

  private void atLeast(String part, String what, double least, Ratio measured) {
    rows.add(
        new Row(part, what, "at least " + plain(least), measured.text(), measured.verdict(least)));
  }

  void messages(List<MessageTable.Row> measured) {
    rows.add(
        new Row(
            "messages",
            "read of an id that was just remapped, by a node without a copy",
            "one remote read: 2 messages",
            format("%.2f messages", remoteRead(measured)),
            remoteRead(measured) <= 2 ? MET : MISSED));
  }

  private static double remoteRead(List<MessageTable.Row> measured) {
    return measured.stream()
        .filter(row -> row.mode().equals("plain") && row.members() == 3)
        .filter(row -> row.operation().equals("read remapped") && row.role().equals("no copy"))
        .mapToDouble(MessageTable.Row::messages)
        .findFirst()
        .orElseThrow();
  }

  /**
   * @param full whether every combination was measured
   */
  void operations(Map<Cell, Map<Contender, List<Operations.Sample>>> results, boolean full) {
    String part = full ? OPERATIONS_IN_FULL : "operations";
    Map<Contender, List<Operations.Sample>> update =
        results.get(new Cell(3, 4, 200, Operation.UPDATE, Caller.STICKY));
    Map<Contender, List<Operations.Sample>> remap =
        results.get(new Cell(3, 4, 200, Operation.REMAP, Caller.STICKY));
    atLeast(
        part,
        "update by the primary owner, three members, to `Cache.get + replace`",
        0.95,
        Ratio.of(update.get(Contender.PLAIN), update.get(Contender.RAW_REPLACE)));
    atLeast(
        part,
        "remap by the primary owner, three members, to one `Cache.put`",
        0.5,
        Ratio.of(remap.get(Contender.PLAIN), remap.get(Contender.RAW_PUT)));
    atMost(
        part,
        "allocated for it, by all members",
        10,
        Series.of(remap.get(Contender.PLAIN), Operations.Sample::allocated).median() / 1e3,
        "kB");
    for (Contender spring : Contender.OF_SPRING) {
      aheadOf(part, spring, results, full ? Cell::asked : Cell::toString);
    }
  }

  private void aheadOf(
      String part,
      Contender spring,
      Map<Cell, Map<Contender, List<Operations.Sample>>> results,
      Function<Cell, String> name) {
    // Of cells with the same name a row has the number.
    Map<String, List<Double>> ratios = new LinkedHashMap<>();
    results.forEach(
        (cell, contenders) -> {
          if (contenders.containsKey(spring)) {
            ratios
                .computeIfAbsent(name.apply(cell), key -> new ArrayList<>())
                .add(Ratio.of(contenders.get(Contender.PLAIN), contenders.get(spring)).clock);
          }
        });
    if (ratios.isEmpty()) {
      return;
    }
    List<Double> all = ratios.values().stream().flatMap(List::stream).toList();
    String behind =
        ratios.entrySet().stream()
            .filter(each -> each.getValue().stream().anyMatch(ratio -> ratio <= 1))
            .map(each -> "%s (%s)".formatted(each.getKey(), behind(each.getValue())))
            .collect(Collectors.joining("; "));
    rows.add(
        new Row(
            part,
            "without transactions, to " + spring.label,
            "ahead in every row",
            format("%d of %d, ", all.stream().filter(ratio -> ratio > 1).count(), all.size())
                + (behind.isEmpty()
                    ? format("at least %.2f", Collections.min(all))
                    : "not in: " + behind),
            behind.isEmpty() ? MET : MISSED));
  }

  private static String behind(List<Double> ratios) {
    long rows = ratios.stream().filter(ratio -> ratio <= 1).count();
    double least = Collections.min(ratios);
    return ratios.size() == 1
        ? format("%.2f", least)
        : format("%d of %d rows, at least %.2f", rows, ratios.size(), least);
  }

  void steps(Map<String, HotPaths.Step> steps) {
    HotPaths.Step decode = steps.get("decode");
    HotPaths.Step encode = steps.get("encode");
    HotPaths.Step read = steps.get("readInInfinispan");
    HotPaths.Step update = steps.get("updateInInfinispan");
    atMost(
        "steps",
        "local read, beyond the codec",
        2,
        (read.processor() - decode.processor()) / 1e3,
        "µs");
    atMost("steps", "allocated for it", 2, (read.bytes() - decode.bytes()) / 1e3, "kB");
    atMost(
        "steps",
        "local update, beyond the codec",
        4,
        (update.processor() - decode.processor() - encode.processor()) / 1e3,
        "µs");
    atMost(
        "steps",
        "allocated for it",
        4,
        (update.bytes() - decode.bytes() - encode.bytes()) / 1e3,
        "kB");
  }

  void heap(List<Heap.Figure> figures) {
    for (Heap.Figure figure : figures) {
      if (figure.kind() == Heap.Kind.SESSION) {
        atMost(
            "heap",
            "stored session of %d B, to the bare entry".formatted(figure.value()),
            1.25,
            figure.bytes() / Heap.bare(figures, figure.value()),
            "");
      }
    }
  }

  void http(Map<HttpCell, Map<Site, List<HttpLevel.Slice>>> results) {
    http(results, new HttpCell(1, Page.NONE, true), Site.PLAIN, 0.98);
    http(results, new HttpCell(1, Page.READ, true), Site.DISTRIBUTABLE, 1.5);
    http(results, new HttpCell(1, Page.COUNT, true), Site.DISTRIBUTABLE, 1.5);
    http(results, new HttpCell(1, Page.LOGIN, true), Site.DISTRIBUTABLE, 1);
    http(results, new HttpCell(1, Page.READ, true), Site.LOCAL, 0.9);
    http(results, new HttpCell(1, Page.COUNT, true), Site.LOCAL, 0.8);
    http(results, new HttpCell(1, Page.LOGIN, true), Site.LOCAL, 0.6);
    http(results, new HttpCell(3, Page.READ, true), Site.DISTRIBUTABLE, 15);
    http(results, new HttpCell(3, Page.COUNT, true), Site.DISTRIBUTABLE, 4);
    http(results, new HttpCell(3, Page.LOGIN, true), Site.DISTRIBUTABLE, 2);
  }

  private void http(
      Map<HttpCell, Map<Site, List<HttpLevel.Slice>>> results,
      HttpCell cell,
      Site base,
      double least) {
    Map<Site, List<HttpLevel.Slice>> sites = results.get(cell);
    atLeast(
        "http",
        "%s, to %s".formatted(cell, base.inMarkdown()),
        least,
        Ratio.ofSlices(sites.get(Site.TYPED), sites.get(base)));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * All of them as a table.
   *
   * @param earlier such a table, from which those are taken whose part has not been run
   */
  String table(String earlier) {
    StringBuilder table = new StringBuilder(HEAD);
    for (String part : PARTS) {
      List<String> lines =
          rows.stream().filter(row -> row.part.equals(part)).map(Row::line).toList();
      if (lines.isEmpty()) {
        lines = earlier.lines().filter(line -> line.startsWith("| " + part + " |")).toList();
      }
      lines.forEach(line -> table.append(line).append('\n'));
    }
    return table.toString();
  }
}
