package org.typedsession.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The figures of {@link Operations} as CSV, and as tables: one for each cell, or cells in columns.
 */
final class OperationTables {
  private static final String CSV_HEAD =
      "operation,caller,members,threads,value,contender,per second,least,most,ratio,ratio least,"
          + "ratio most,processor,processor ratio,allocated,allocated by caller,rounds";

  /** What the cells of one table have in common, where they differ by threads. */
  private record Table(int members, Operation operation, Caller caller, int bytes) {
    static Table of(Cell cell) {
      return new Table(cell.members(), cell.operation(), cell.caller(), cell.bytes());
    }

    Cell cell(int threads) {
      return new Cell(members, threads, bytes, operation, caller);
    }
  }

  private final Map<Cell, Map<Contender, List<Operations.Sample>>> results;

  OperationTables(Map<Cell, Map<Contender, List<Operations.Sample>>> results) {
    this.results = results;
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  private static String heading(int members) {
    return "\n### %d member%s\n".formatted(members, members == 1 ? "" : "s");
  }

  private static String threads(int count) {
    return "%d thread%s".formatted(count, count == 1 ? "" : "s");
  }

  private static Series perSecond(List<Operations.Sample> samples) {
    return Series.of(samples, Operations.Sample::perSecond);
  }

  private static Series ratio(
      Map<Contender, List<Operations.Sample>> contenders, Contender contender) {
    return perSecond(contenders.get(contender))
        .ratios(perSecond(contenders.get(Contender.RAW_PUT)));
  }

  /** A line for each contender in each cell. */
  List<String> csv() {
    List<String> lines = new ArrayList<>();
    lines.add(CSV_HEAD);
    results.forEach(
        (cell, contenders) ->
            contenders.keySet().forEach(contender -> lines.add(csv(cell, contenders, contender))));
    return lines;
  }

  private static String csv(
      Cell cell, Map<Contender, List<Operations.Sample>> contenders, Contender contender) {
    List<Operations.Sample> samples = contenders.get(contender);
    Series rate = perSecond(samples);
    Series ratio = ratio(contenders, contender);
    Series processor = Series.of(samples, Operations.Sample::processor);
    Series processorOfBase =
        Series.of(contenders.get(Contender.RAW_PUT), Operations.Sample::processor);
    return format(
        "%s,%s,%d,%d,%d,\"%s\",%.1f,%.1f,%.1f,%.3f,%.3f,%.3f,%.0f,%.3f,%.0f,%.0f,\"%s\"",
        cell.operation().label,
        cell.caller().label,
        cell.members(),
        cell.threads(),
        cell.bytes(),
        contender.label(cell.operation()),
        rate.median(),
        rate.least(),
        rate.most(),
        ratio.median(),
        ratio.least(),
        ratio.most(),
        processor.median(),
        processor.over(processorOfBase),
        Series.of(samples, Operations.Sample::allocated).median(),
        Series.of(samples, Operations.Sample::byCaller).median(),
        rate.rounds().stream().map("%.0f"::formatted).collect(Collectors.joining(" ")));
  }

  /** Each cell by itself, with all that was measured. */
  String detailed() {
    StringBuilder text = new StringBuilder();
    results.keySet().stream()
        .collect(Collectors.groupingBy(Cell::members, TreeMap::new, Collectors.toList()))
        .forEach(
            (members, cells) -> {
              text.append(heading(members));
              cells.forEach(cell -> text.append(detailed(cell, results.get(cell))));
            });
    return text.toString();
  }

  private static String detailed(Cell cell, Map<Contender, List<Operations.Sample>> contenders) {
    StringBuilder text =
        new StringBuilder(
            """

            **%s, %s**, %s, %d B:

            | | per second | ratio | processor | allocated | by the caller |
            | --- | ---: | ---: | ---: | ---: | ---: |
            """
                .formatted(
                    cell.operation().label,
                    cell.caller().label,
                    threads(cell.threads()),
                    cell.bytes()));
    contenders.forEach(
        (contender, samples) ->
            text.append(
                format(
                    "| %s | %,.0f | %s | %,.1f | %,.1f | %,.1f |\n",
                    contender.label(cell.operation()),
                    perSecond(samples).median(),
                    ratio(contenders, contender).withSpread(),
                    Series.of(samples, Operations.Sample::processor).median() / 1e3,
                    Series.of(samples, Operations.Sample::allocated).median() / 1e3,
                    Series.of(samples, Operations.Sample::byCaller).median() / 1e3)));
    return text.toString();
  }

  /**
   * Cells that differ by their threads side by side: rates of the first line, then ratios to it.
   */
  String sideBySide() {
    StringBuilder text = new StringBuilder();
    Map<Table, TreeSet<Integer>> tables = new LinkedHashMap<>();
    for (Cell cell : results.keySet()) {
      tables.computeIfAbsent(Table.of(cell), key -> new TreeSet<>()).add(cell.threads());
    }
    int members = 0;
    for (Map.Entry<Table, TreeSet<Integer>> each : tables.entrySet()) {
      if (each.getKey().members != members) {
        members = each.getKey().members;
        text.append(heading(members));
      }
      text.append(sideBySide(each.getKey(), List.copyOf(each.getValue())));
    }
    return text.toString();
  }

  private String sideBySide(Table table, List<Integer> threads) {
    List<Map<Contender, List<Operations.Sample>>> columns =
        threads.stream().map(count -> results.get(table.cell(count))).toList();
    StringBuilder text =
        new StringBuilder(
            "\n**%s, %s**, %d B:\n\n| |"
                .formatted(table.operation.label, table.caller.label, table.bytes));
    threads.forEach(count -> text.append(" %s |".formatted(threads(count))));
    text.append("\n| --- |").append(" ---: |".repeat(threads.size())).append('\n');
    for (Contender contender : columns.get(0).keySet()) {
      boolean base = contender == Contender.RAW_PUT;
      text.append("| ")
          .append(contender.label(table.operation))
          .append(base ? ", per second |" : " |");
      for (Map<Contender, List<Operations.Sample>> column : columns) {
        text.append(
            base
                ? format(" %,.0f |", perSecond(column.get(contender)).median())
                : " %s |".formatted(ratio(column, contender).withSpread()));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
