package org.typedsession.it.client.load;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.typedsession.it.client.load.Timeline.Bucket;
import org.typedsession.it.client.load.Timeline.Fault;
import org.typedsession.it.client.load.Timeline.Impact;
import org.typedsession.testkit.history.Violation;

/**
 * Writes down what came of a load: figures as CSV, for people a page with a chart, and every
 * violation with the history that shows it.
 */
public final class LoadReport {
  /** How finely the timeline is written. */
  static final Duration WIDTH = Duration.ofMillis(100);

  // Told apart by people who do not see all colours.
  private static final Map<Outcome, Color> COLOURS =
      new EnumMap<>(
          Map.of(
              Outcome.SERVED, new Color(0x0072b2),
              Outcome.CONFLICT, new Color(0xe69f00),
              Outcome.LOST, new Color(0xcc79a7),
              Outcome.UNAVAILABLE, new Color(0xd55e00),
              Outcome.NOT_THERE, new Color(0x999999),
              Outcome.NO_ANSWER, new Color(0x000000),
              Outcome.ERROR, new Color(0xff0000)));

  private final Path directory;
  private final String name;
  private final LoadResult result;

  private LoadReport(Path directory, String name, LoadResult result) {
    this.directory = directory;
    this.name = name;
    this.result = result;
  }

  /**
   * Writes {@code name}.html, .png, .txt, -timeline.csv, -faults.csv and -summary.csv into {@code
   * directory}.
   */
  public static void write(Path directory, String name, LoadResult result) {
    LoadReport report = new LoadReport(directory, name, result);
    try {
      Files.createDirectories(directory);
      report.write("-timeline.csv", report.timeline());
      report.write("-faults.csv", report.faults());
      report.write("-summary.csv", report.summary());
      report.write(".txt", report.violations());
      report.writeChart();
      report.write(".html", report.page());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String suffix, List<String> lines) throws IOException {
    Files.write(directory.resolve(name + suffix), lines);
  }

  List<String> timeline() {
    List<String> lines = new ArrayList<>(List.of("ms,node,outcome,answers"));
    for (Bucket bucket : result.timeline().buckets(WIDTH)) {
      new TreeMap<>(bucket.answers())
          .forEach(
              (node, counts) ->
                  counts.forEach(
                      (outcome, count) ->
                          lines.add(
                              "%d,%s,%s,%d"
                                  .formatted(bucket.start().toMillis(), node, outcome, count))));
    }
    return lines;
  }

  List<String> faults() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "ms,fault,users,affected,refusals,median_ms,worst_ms,unrecovered,last_refusal_ms"));
    for (Impact impact : result.timeline().impacts()) {
      lines.add(
          "%d,\"%s\",%d,%d,%d,%d,%d,%d,%d"
              .formatted(
                  impact.fault().at().toMillis(),
                  impact.fault().text().replace("\"", "\"\""),
                  impact.users(),
                  impact.affected(),
                  impact.refusals(),
                  impact.median().toMillis(),
                  impact.worst().toMillis(),
                  impact.unrecovered(),
                  impact.lastRefusal().toMillis()));
    }
    return lines;
  }

  List<String> summary() {
    Map<String, String> figures = figures();
    return List.of(String.join(",", figures.keySet()), String.join(",", figures.values()));
  }

  private Map<String, String> figures() {
    Map<String, String> figures = new LinkedHashMap<>();
    Timeline timeline = result.timeline();
    figures.put("load", name);
    figures.put("seconds", decimal(timeline.length().toMillis() / 1e3));
    figures.put("requests", String.valueOf(timeline.size()));
    figures.put("answers_per_second", decimal(timeline.throughput()));
    for (Outcome outcome : Outcome.values()) {
      figures.put(outcome.name().toLowerCase(Locale.ROOT), String.valueOf(timeline.count(outcome)));
    }
    figures.put("sessions", String.valueOf(result.verdict().sessions()));
    figures.put("ids", String.valueOf(result.ids()));
    figures.put("operations", String.valueOf(result.verdict().operations()));
    figures.put("unanswered", String.valueOf(result.verdict().unanswered()));
    for (Violation.Kind kind : Violation.Kind.values()) {
      figures.put(
          "v_" + kind.name().toLowerCase(Locale.ROOT),
          String.valueOf(result.verdict().count(kind)));
    }
    figures.put("anomalies", String.valueOf(result.anomalies().size()));
    figures.put("unread", String.valueOf(result.unread()));
    return figures;
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private List<String> violations() {
    List<String> lines = new ArrayList<>();
    lines.add(result.verdict().toString());
    result.verdict().violations().forEach(violation -> lines.add(violation.toString()));
    lines.addAll(result.anomalies());
    lines.addAll(result.errors());
    return lines;
  }

  private void writeChart() throws IOException {
    List<Bucket> buckets = result.timeline().buckets(WIDTH);
    XYChart byOutcome = chart(name + ": answers per second, by outcome");
    for (Outcome outcome : Outcome.values()) {
      if (result.timeline().count(outcome) > 0) {
        add(byOutcome, outcome.name(), buckets, bucket -> bucket.count(outcome))
            .setLineColor(COLOURS.get(outcome));
      }
    }
    XYChart byNode = chart("by node, whatever the outcome");
    TreeSet<String> nodes = new TreeSet<>();
    buckets.forEach(bucket -> nodes.addAll(bucket.answers().keySet()));
    nodes.forEach(node -> add(byNode, node, buckets, bucket -> bucket.count(node)));
    List<XYChart> charts = List.of(byOutcome, byNode);
    for (XYChart chart : charts) {
      for (Fault fault : result.timeline().faults()) {
        chart.addAnnotation(new AnnotationLine(fault.at().toMillis() / 1e3, true, false));
      }
    }
    BitmapEncoder.saveBitmap(
        charts, 2, 1, directory.resolve(name + ".png").toString(), BitmapFormat.PNG);
  }

  private static XYChart chart(String title) {
    XYChart chart =
        new XYChartBuilder().width(1_200).height(420).title(title).xAxisTitle("seconds").build();
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Step);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    return chart;
  }

  private static XYSeries add(
      XYChart chart, String series, List<Bucket> buckets, ToIntFunction<Bucket> count) {
    double perSecond = 1e3 / WIDTH.toMillis();
    double[] seconds = buckets.stream().mapToDouble(b -> b.start().toMillis() / 1e3).toArray();
    double[] answers = new double[seconds.length];
    Arrays.setAll(answers, i -> count.applyAsInt(buckets.get(i)) * perSecond);
    XYSeries added = chart.addSeries(series, seconds, answers);
    added.setMarker(SeriesMarkers.NONE);
    return added;
  }

  private List<String> page() {
    List<String> lines = new ArrayList<>();
    lines.add("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">");
    lines.add("<title>%s</title>".formatted(text(name)));
    lines.add(
        "<style>body{font:14px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:right}"
            + "pre{overflow:auto}</style>");
    lines.add("<h1>%s</h1>".formatted(text(name)));
    lines.add("<table>");
    figures()
        .forEach((key, value) -> lines.add("<tr><th>%s<td>%s".formatted(text(key), text(value))));
    lines.add("</table><p><img src=\"%s.png\" alt=\"answers per second\">".formatted(text(name)));
    lines.add("<table>");
    lines.add("<tr><th>fault<th>ms<th>affected<th>refusals<th>median ms<th>worst ms<th>last ms");
    for (Impact impact : result.timeline().impacts()) {
      lines.add(
          "<tr><td>%s<td>%d<td>%d of %d<td>%d<td>%d<td>%d%s<td>%d"
              .formatted(
                  text(impact.fault().text()),
                  impact.fault().at().toMillis(),
                  impact.affected(),
                  impact.users(),
                  impact.refusals(),
                  impact.median().toMillis(),
                  impact.worst().toMillis(),
                  impact.unrecovered() > 0 ? ", " + impact.unrecovered() + " not over" : "",
                  impact.lastRefusal().toMillis()));
    }
    lines.add("</table><pre>");
    violations().forEach(line -> lines.add(text(line)));
    lines.add("</pre></html>");
    return lines;
  }

  private static String text(String raw) {
    return raw.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
