package org.typedsession.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.typedsession.infinispan.MessageTable;

/** Writes figures as CSV, and for people as a page in Markdown with charts. */
final class Report {
  private final Path folder;
  private final Charts charts;
  private final StringBuilder page = new StringBuilder();

  Report(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.charts = new Charts(folder);
    line("# Benchmarks");
    line("");
    line(
        "%s, JDK %s, %d processors, load before the run %.1f, %s."
            .formatted(
                LocalDate.now(),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                processor()));
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    return Files.isReadable(info)
        ? Files.readAllLines(info).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown processor")
        : System.getProperty("os.arch");
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  void operations(Map<Cell, Map<Contender, Operations.Series>> results) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("operation,caller,members,threads,value,contender,median,least,most,to put,rounds");
    line("");
    line("## Operations per second");
    line("");
    line(
        "Median of the rounds, least and most; *ratio*: the median over the rounds of what it is to");
    line(
        "`Cache.put` in the same round (for an operation that a bare cache has not: to the plain mode).");
    Map<Integer, List<Cell>> byMembers =
        results.keySet().stream()
            .collect(Collectors.groupingBy(Cell::members, TreeMap::new, Collectors.toList()));
    byMembers.forEach(
        (members, cells) -> {
          line("");
          line("### " + members + (members == 1 ? " member" : " members"));
          for (Cell cell : cells) {
            operation(cell, results.get(cell), csv);
          }
        });
    write("operations.csv", csv);
    charts.operations(results);
  }

  private void operation(Cell cell, Map<Contender, Operations.Series> series, List<String> csv) {
    line("");
    line(
        "**%s, %s**, %d thread%s, %d B:"
            .formatted(
                cell.operation().label,
                cell.caller().label,
                cell.threads(),
                cell.threads() == 1 ? "" : "s",
                cell.bytes()));
    line("");
    line("| | per second | least to most | ratio |");
    line("| --- | ---: | ---: | ---: |");
    Operations.Series base = series.getOrDefault(Contender.RAW_PUT, series.get(Contender.PLAIN));
    series.forEach(
        (contender, of) -> {
          double ratio = of.over(base);
          line(
              format(
                  "| %s | %,.0f | %,.0f to %,.0f | %.2f |",
                  contender.label, of.median(), of.least(), of.most(), ratio));
          csv.add(
              format(
                  "%s,%s,%d,%d,%d,\"%s\",%.1f,%.1f,%.1f,%.3f,\"%s\"",
                  cell.operation().label,
                  cell.caller().label,
                  cell.members(),
                  cell.threads(),
                  cell.bytes(),
                  contender.label,
                  of.median(),
                  of.least(),
                  of.most(),
                  ratio,
                  of.rounds().stream().map("%.0f"::formatted).collect(Collectors.joining(" "))));
        });
  }

  void messages(List<MessageTable.Row> rows) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("mode,members,value,operation,asked,messages,bytes");
    line("");
    line("## Messages between members");
    line("");
    line(
        "Requests and replies for one operation, and their bytes, by what the member that is asked has");
    line("of the session. Exact, and the same on every machine.");
    line("");
    line("| mode | members | value | operation | asked | messages | bytes |");
    line("| --- | ---: | ---: | --- | --- | ---: | ---: |");
    for (MessageTable.Row row : rows) {
      line(
          format(
              "| %s | %d | %d | %s | %s | %.2f | %,.0f |",
              row.mode(),
              row.members(),
              row.value(),
              row.operation(),
              row.role(),
              row.messages(),
              row.sent()));
      csv.add(
          format(
              "%s,%d,%d,%s,%s,%.2f,%.0f",
              row.mode(),
              row.members(),
              row.value(),
              row.operation(),
              row.role(),
              row.messages(),
              row.sent()));
    }
    write("messages.csv", csv);
    charts.messages(rows);
  }

  void steps(Map<String, HotPaths.Step> steps) throws IOException {
    line("");
    line("## The steps of a request");
    line("");
    line(
        "One thread, one member, a value of 200 B; *read* and *update* are the whole operation. Processor time");
    line(
        "is that of the whole JVM, and does not count what else the machine does; medians of the iterations.");
    steps("steps.csv", steps);
  }

  void options(Map<String, HotPaths.Step> steps) throws IOException {
    line("");
    line("## What options cost");
    line("");
    line("One thread, in memory, the whole operation. *principal*: the session is a user's;");
    line("*sealed*: the data is sealed.");
    steps("options.csv", steps);
  }

  void beforeAndAfter(Map<String, List<HotPaths.Step>> rounds) throws IOException {
    line("");
    line("## Before and after");
    line("");
    line("Another version of the library and this one, in turn; medians of the rounds.");
    Map<String, HotPaths.Step> medians = new LinkedHashMap<>();
    rounds.forEach(
        (name, steps) ->
            medians.put(
                name,
                new HotPaths.Step(
                    median(steps, HotPaths.Step::processor),
                    median(steps, HotPaths.Step::nanos),
                    median(steps, HotPaths.Step::deviation),
                    median(steps, HotPaths.Step::bytes))));
    steps("before.csv", medians);
  }

  private static double median(List<HotPaths.Step> steps, ToDoubleFunction<HotPaths.Step> figure) {
    return new Operations.Series(steps.stream().mapToDouble(figure).boxed().toList()).median();
  }

  private void steps(String file, Map<String, HotPaths.Step> steps) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("step,processor,nanoseconds,deviation,bytes");
    line("");
    line("| | ns of processor | ns by the clock | standard deviation | B allocated |");
    line("| --- | ---: | ---: | ---: | ---: |");
    steps.forEach(
        (name, step) -> {
          line(
              format(
                  "| %s | %,.0f | %,.0f | %,.0f | %,.0f |",
                  name, step.processor(), step.nanos(), step.deviation(), step.bytes()));
          csv.add(
              format(
                  "\"%s\",%.1f,%.1f,%.1f,%.1f",
                  name, step.processor(), step.nanos(), step.deviation(), step.bytes()));
        });
    write(file, csv);
  }

  void growth(Map<Growth.Point, Operations.Series> points) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("operation,sessions,median,least,most");
    line("");
    line("## Many sessions");
    line("");
    line("Operations per second of one thread on one member without transactions.");
    line("");
    line("| | sessions | per second | least to most |");
    line("| --- | ---: | ---: | ---: |");
    points.forEach(
        (point, of) -> {
          line(
              format(
                  "| %s | %,d | %,.0f | %,.0f to %,.0f |",
                  point.operation().label, point.sessions(), of.median(), of.least(), of.most()));
          csv.add(
              format(
                  "%s,%d,%.1f,%.1f,%.1f",
                  point.operation().label, point.sessions(), of.median(), of.least(), of.most()));
        });
    write("growth.csv", csv);
    charts.growth(points);
  }

  void heap(List<Heap.Figure> figures) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("stored,value,bytes");
    line("");
    line("## Heap");
    line("");
    line("For each thing that a member stores, keys and all; two owners store it twice.");
    line("");
    line("| | value | B | to the bare entry |");
    line("| --- | ---: | ---: | ---: |");
    for (Heap.Figure figure : figures) {
      double bare =
          figures.stream()
              .filter(each -> each.kind() == Heap.Kind.RAW && each.value() == figure.value())
              .mapToDouble(Heap.Figure::bytes)
              .findFirst()
              .orElseThrow();
      line(
          format(
              "| %s | %d | %,.0f | %.2f |",
              figure.kind().label, figure.value(), figure.bytes(), figure.bytes() / bare));
      csv.add(format("%s,%d,%.1f", figure.kind().label, figure.value(), figure.bytes()));
    }
    write("heap.csv", csv);
  }

  void http(Map<HttpCell, Map<Site, List<HttpLevel.Slice>>> results) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add(
        "page,routing,site,per second,ratio,least,most,p50,p99,cpu,cpu ratio,cpu least,cpu most,"
            + "bytes,messages,stale,requests");
    line("");
    line("## HTTP");
    line("");
    line(
        "Medians of the rounds. *ratio*, with the least and the most of the rounds: what it is in the same");
    line(
        "round to `<distributable/>` as it comes, or for a request that does not touch the session to no");
    line(
        "session; of requests per second more is better, of processor time less. Times in microseconds,");
    line(
        "processor time of all nodes, bytes and messages between nodes for each request. *Stale*: answers");
    line("that did not know of a change that had been answered before, of all requests.");
    results.forEach((cell, sites) -> http(cell, sites, csv));
    write("http.csv", csv);
    charts.http(results);
  }

  private void http(HttpCell cell, Map<Site, List<HttpLevel.Slice>> sites, List<String> csv) {
    line("");
    line("**%s, %s**:".formatted(cell.page().label, cell.routing()));
    line("");
    line("| | per second | ratio | p50 | p99 | processor | ratio | bytes | messages | stale |");
    line("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    List<HttpLevel.Slice> base = sites.getOrDefault(Site.PLAIN, sites.get(Site.DISTRIBUTABLE));
    sites.forEach(
        (site, slices) -> {
          Operations.Series rate = HttpLevel.series(slices, HttpLevel.Slice::perSecond);
          Operations.Series cpu = HttpLevel.series(slices, HttpLevel.Slice::cpu);
          Operations.Series rates = rate.ratios(HttpLevel.series(base, HttpLevel.Slice::perSecond));
          Operations.Series cpus = cpu.ratios(HttpLevel.series(base, HttpLevel.Slice::cpu));
          double p50 = HttpLevel.series(slices, HttpLevel.Slice::p50).median();
          double p99 = HttpLevel.series(slices, HttpLevel.Slice::p99).median();
          double bytes = HttpLevel.series(slices, HttpLevel.Slice::bytes).median();
          double messages = HttpLevel.series(slices, HttpLevel.Slice::messages).median();
          int stale = slices.stream().mapToInt(HttpLevel.Slice::stale).sum();
          int requests = slices.stream().mapToInt(HttpLevel.Slice::requests).sum();
          line(
              format(
                  "| %s | %,.0f | %.2f (%.2f to %.2f) | %,.0f | %,.0f | %,.0f | %.2f (%.2f to %.2f) | %,.0f | %.2f | %,d of %,d |",
                  site.label.replace("<distributable/>", "`<distributable/>`"),
                  rate.median(),
                  rates.median(),
                  rates.least(),
                  rates.most(),
                  p50,
                  p99,
                  cpu.median(),
                  cpus.median(),
                  cpus.least(),
                  cpus.most(),
                  bytes,
                  messages,
                  stale,
                  requests));
          csv.add(
              format(
                  "%s,\"%s\",%s,%.1f,%.3f,%.3f,%.3f,%.1f,%.1f,%.1f,%.3f,%.3f,%.3f,%.1f,%.3f,%d,%d",
                  cell.page().label,
                  cell.routing(),
                  site.label,
                  rate.median(),
                  rates.median(),
                  rates.least(),
                  rates.most(),
                  p50,
                  p99,
                  cpu.median(),
                  cpus.median(),
                  cpus.least(),
                  cpus.most(),
                  bytes,
                  messages,
                  stale,
                  requests));
        });
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  private void write(String name, List<String> lines) throws IOException {
    Files.write(folder.resolve(name), lines);
  }

  void finish() {
    try {
      Files.writeString(folder.resolve("report.md"), page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
