package org.typedsession.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.typedsession.infinispan.LeaseTable;
import org.typedsession.infinispan.MessageTable;

/** Writes figures as CSV, and for people as a page in Markdown with charts. */
final class Report {
  private final Path folder;
  private final boolean full;
  private final Charts charts;
  private final String machine;
  private final Targets targets = new Targets();
  private final Map<String, StringBuilder> sections = new LinkedHashMap<>();
  private StringBuilder section = new StringBuilder();

  /**
   * @param full whether operations and messages are measured in full
   */
  Report(Path folder, boolean full) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.full = full;
    this.charts = new Charts(folder);
    this.machine =
        format(
            "%s, JDK %s, %d processors, load before the run %.1f, %s",
            LocalDate.now(),
            Runtime.version(),
            Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
            processor());
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
    section.append(text).append('\n');
  }

  /** A section, as a part by itself makes it. */
  private void begin(String part, String title) {
    begin(part, title, command(part));
  }

  private void begin(String name, String title, String command) {
    section = new StringBuilder();
    sections.put(name, section);
    line("## " + title);
    line("");
    line("%s: `%s`".formatted(machine, command));
  }

  private void beginInFull(String name, String part, String title) {
    begin(name, title, command(part) + (full ? " -Dbench.full=true" : ""));
  }

  private static String command(String part) {
    return "mvn -Pbench -Dbench.parts=" + part;
  }

  /**
   * @param absent why some contenders took no part
   */
  void operations(Map<Cell, Map<Contender, List<Operations.Sample>>> results, List<String> absent)
      throws IOException {
    OperationTables tables = new OperationTables(results);
    write(full ? "operations-full.csv" : "operations.csv", tables.csv());
    if (full) {
      beginInFull("operations-full", "operations", "Operations per second, in full");
      line("");
      line(
          "Medians of the rounds. The first line of each table has operations per second, the others");
      line(
          "what they are to it in the same round, with the least and the most of the rounds. Processor");
      line("time and garbage of all are in `target/bench/operations-full.csv`.");
      absent(absent);
      section.append(tables.sideBySide());
    } else {
      begin("operations", "Operations per second");
      line("");
      line(
          "Medians of the rounds. *Ratio*, with the least and the most of the rounds: operations per");
      line(
          "second, to the first line of the table in the same round. *Processor*: microseconds of all");
      line(
          "members and of the server that stores the sessions, for an operation. *Allocated*: kB by all");
      line("members for an operation, and by the thread that calls. PostgreSQL waits for no disk.");
      absent(absent);
      if (charts.operations(results)) {
        chart("Operations per second", "operations");
      }
      section.append(tables.detailed());
    }
    targets.operations(results, full);
  }

  private void absent(List<String> sentences) {
    for (String sentence : sentences) {
      line("");
      line(sentence + ".");
    }
  }

  private void chart(String title, String name) {
    line("");
    line("![%s](%s)".formatted(title, Charts.file(name)));
  }

  void messages(List<MessageTable.Row> rows) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("mode,members,value,operation,asked,messages,bytes");
    beginInFull("messages", "messages", "Messages between members");
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
    chart("Messages between three members", "messages");
    targets.messages(rows);
  }

  void lease(List<LeaseTable.Row> rows) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("members,questions,messages of the lease,messages,bytes");
    begin("lease", "The lease");
    line("");
    line("What members send each other in a second while no session is asked for, counted for ten");
    line(
        "seconds; requests and replies. *Clocks*: what they send to compare these. *Bytes* are of");
    line("both. What JGroups adds for itself is not counted.");
    line("");
    line("| members | questions | messages | of each member | clocks | bytes | of each member |");
    line("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (LeaseTable.Row row : rows) {
      int members = row.members();
      double ofLease = row.messagesOfLease();
      line(
          format(
              "| %d | %,.1f | %,.1f | %,.1f | %,.1f | %,.0f | %,.0f |",
              members,
              row.questions(),
              ofLease,
              ofLease / members,
              row.messages() - ofLease,
              row.bytes(),
              row.bytes() / members));
      csv.add(
          format(
              "%d,%.2f,%.2f,%.2f,%.0f",
              members, row.questions(), ofLease, row.messages(), row.bytes()));
    }
    write("lease.csv", csv);
  }

  void steps(Map<String, HotPaths.Step> steps) throws IOException {
    begin("steps", "The steps of a request");
    line("");
    line(
        "One thread, one member, a value of 200 B; *read* and *update* are the whole operation. Processor time");
    line(
        "is that of the whole JVM, and does not count what else the machine does; medians of the iterations.");
    line(
        "*placement*: a new id in the segment of its predecessor, on three members, which a remap there");
    line("needs beside what it takes on one.");
    steps("steps.csv", steps);
    targets.steps(steps);
  }

  void options(Map<String, HotPaths.Step> steps) throws IOException {
    begin("options", "What options cost");
    line("");
    line("One thread, in memory, the whole operation. *principal*: the session is a user's;");
    line("*sealed*: the data is sealed.");
    steps("options.csv", steps);
  }

  void beforeAndAfter(Map<String, List<HotPaths.Step>> rounds) throws IOException {
    begin("before", "Before and after");
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
    return new Series(steps.stream().mapToDouble(figure).boxed().toList()).median();
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

  void growth(Map<Growth.Point, Series> points) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("operation,sessions,median,least,most");
    begin("growth", "Many sessions");
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
    chart("Operations per second by the number of sessions", "growth");
  }

  void heap(List<Heap.Figure> figures) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add("stored,value,bytes");
    begin("heap", "Heap");
    line("");
    line("For each thing that a member stores, keys and all; two owners store it twice.");
    line("");
    line("| | value | B | to the bare entry |");
    line("| --- | ---: | ---: | ---: |");
    for (Heap.Figure figure : figures) {
      double bare = Heap.bare(figures, figure.value());
      line(
          format(
              "| %s | %d | %,.0f | %.2f |",
              figure.kind().label, figure.value(), figure.bytes(), figure.bytes() / bare));
      csv.add(format("%s,%d,%.1f", figure.kind().label, figure.value(), figure.bytes()));
    }
    write("heap.csv", csv);
    targets.heap(figures);
  }

  void tombstones(List<Tombstones.Figure> figures) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add(
        "mix,remaps per hour,live,moved,moved by formula,logouts per hour,ended,ended by formula,"
            + "for each session,bytes of each,bytes of all");
    begin("tombstones", "Tombstones");
    line("");
    line(
        "Eighteen hours of a member by a clock that is moved, the means of the last five: 500 new");
    line("sessions an hour of 200 B; a login with the first request; a request a minute, for 30");
    line(
        "minutes on average; of 21 requests one changes the session; 30 % log out, and the others");
    line(
        "are left to expire. *By formula*: new ids an hour times `absolute-lifetime`, and logouts an");
    line("hour times 15 minutes. Heap as the live objects of the JVM change.");
    line("");
    line(
        "| | new ids an hour | live sessions | tombstones of former ids | by formula | of ended"
            + " sessions | by formula | tombstones for a live session | B of each | MB of all |");
    line("| --- |" + " ---: |".repeat(9));
    for (Tombstones.Figure figure : figures) {
      line(
          format(
              "| %s | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %.1f | %,.0f | %,.1f |",
              figure.mix().label,
              figure.remaps(),
              figure.live(),
              figure.moved(),
              figure.movedByFormula(),
              figure.ended(),
              figure.endedByFormula(),
              figure.forEachSession(),
              figure.bytes(),
              figure.allBytes() / 1e6));
      csv.add(
          format(
              "\"%s\",%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.2f,%.1f,%.0f",
              figure.mix().label,
              figure.remaps(),
              figure.live(),
              figure.moved(),
              figure.movedByFormula(),
              figure.logouts(),
              figure.ended(),
              figure.endedByFormula(),
              figure.forEachSession(),
              figure.bytes(),
              figure.allBytes()));
    }
    write("tombstones.csv", csv);
  }

  void http(Map<HttpCell, Map<Site, List<HttpLevel.Slice>>> results) throws IOException {
    List<String> csv = new ArrayList<>();
    csv.add(
        "page,routing,site,base,per second,ratio,least,most,p50,p99,cpu,cpu ratio,cpu least,"
            + "cpu most,bytes,messages,stale,requests");
    begin(
        "http",
        "HTTP",
        command("http")
            + (results.values().stream().anyMatch(sites -> sites.containsKey(Site.BEFORE))
                ? " -Dbench.before=…"
                : ""));
    line("");
    line(
        "Medians of the rounds; *to X*, with the least and the most of the rounds: what it is to X in");
    line("the same round; of requests per second more is better, of processor time less. Times in");
    line(
        "microseconds, processor time of all nodes, bytes and messages between nodes for each request.");
    line(
        "*Stale*: answers that did not know of a change that had been answered before, of all requests.");
    charts.http(results);
    chart("Processor time of a request on three nodes", "http");
    results.forEach((cell, sites) -> http(cell, sites, csv));
    write("http.csv", csv);
    targets.http(results);
  }

  private void http(HttpCell cell, Map<Site, List<HttpLevel.Slice>> sites, List<String> csv) {
    List<Site> bases =
        Stream.of(Site.PLAIN, Site.DISTRIBUTABLE, Site.LOCAL, Site.BEFORE)
            .filter(sites::containsKey)
            // Where there is a request without a session, it is what the others are to.
            .filter(site -> site == Site.PLAIN || !sites.containsKey(Site.PLAIN))
            .toList();
    String toBases =
        bases.stream().map(base -> "to " + base.inMarkdown() + " | ").collect(Collectors.joining());
    line("");
    line("**%s, %s**:".formatted(cell.page().label, cell.routing()));
    line("");
    line(
        "| | per second | %sp50 | p99 | processor | %sbytes | messages | stale |"
            .formatted(toBases, toBases));
    line("| --- |" + " ---: |".repeat(7 + 2 * bases.size()));
    sites.forEach(
        (site, slices) -> {
          Series rate = Series.of(slices, HttpLevel.Slice::perSecond);
          Series cpu = Series.of(slices, HttpLevel.Slice::cpu);
          double p50 = Series.of(slices, HttpLevel.Slice::p50).median();
          double p99 = Series.of(slices, HttpLevel.Slice::p99).median();
          double bytes = Series.of(slices, HttpLevel.Slice::bytes).median();
          double messages = Series.of(slices, HttpLevel.Slice::messages).median();
          int stale = slices.stream().mapToInt(HttpLevel.Slice::stale).sum();
          int requests = slices.stream().mapToInt(HttpLevel.Slice::requests).sum();
          StringBuilder rateToBases = new StringBuilder();
          StringBuilder cpuToBases = new StringBuilder();
          for (Site base : bases) {
            Series rates = rate.ratios(Series.of(sites.get(base), HttpLevel.Slice::perSecond));
            Series cpus = cpu.ratios(Series.of(sites.get(base), HttpLevel.Slice::cpu));
            rateToBases.append(rates.withSpread()).append(" | ");
            cpuToBases.append(cpus.withSpread()).append(" | ");
            csv.add(
                format(
                    "%s,\"%s\",\"%s\",\"%s\",%.1f,%.3f,%.3f,%.3f,%.1f,%.1f,%.1f,%.3f,%.3f,%.3f,%.1f,%.3f,%d,%d",
                    cell.page().label,
                    cell.routing(),
                    site.label,
                    base.label,
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
          }
          line(
              format(
                  "| %s | %,.0f | %s%,.0f | %,.0f | %,.0f | %s%,.0f | %.2f | %,d of %,d |",
                  site.inMarkdown(),
                  rate.median(),
                  rateToBases,
                  p50,
                  p99,
                  cpu.median(),
                  cpuToBases,
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

  /** Writes the page. */
  void finish() throws IOException {
    StringBuilder page = new StringBuilder("# Benchmarks\n\n").append(machine).append(".\n");
    if (!targets.isEmpty()) {
      page.append("\n## Targets\n\n").append(targets.table(""));
    }
    sections.values().forEach(each -> page.append('\n').append(each));
    Files.writeString(folder.resolve("report.md"), page);
  }

  /**
   * Puts sections and charts in the place of those that the project's pages have.
   *
   * @param project the folder of the project
   */
  void publish(Path project) throws IOException {
    Path docs = project.resolve(Path.of("src", "docs"));
    Path images = docs.resolve("images");
    for (String name : charts.drawn()) {
      Files.copy(folder.resolve(name), images.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    PublishedPage page = new PublishedPage(docs.resolve("benchmarks.md"));
    if (!targets.isEmpty()) {
      page.replace("targets", targets.table(page.section("targets")));
    }
    for (Map.Entry<String, StringBuilder> each : sections.entrySet()) {
      if (page.has(each.getKey())) {
        page.replace(
            each.getKey(), each.getValue().toString().replace("](bench-", "](images/bench-"));
      }
    }
    page.write();
    PublishedPage readme = new PublishedPage(project.resolve("README.md"));
    readme.replace("charts", chartsOfReadme(images));
    readme.write();
  }

  /** Those that there are: each comes from a command of its own. */
  private static String chartsOfReadme(Path images) {
    StringBuilder text = new StringBuilder();
    for (String part : List.of("operations", "http")) {
      String file = Charts.file(part);
      if (Files.exists(images.resolve(file))) {
        text.append(
            "`%s -Dbench.write=true`:\n\n![The chart of %s](src/docs/images/%s)\n\n"
                .formatted(command(part), part, file));
      }
    }
    return text.toString();
  }
}
