package org.typedsession.bench;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.typedsession.infinispan.MessageTable;

/** Draws the figures. */
final class Charts {
  private static final Map<Contender, Color> COLORS = new LinkedHashMap<>();

  static {
    COLORS.put(Contender.RAW_PUT, new Color(0x555555));
    COLORS.put(Contender.RAW_REPLACE, new Color(0x999999));
    COLORS.put(Contender.PLAIN, new Color(0x1B6CA8));
    COLORS.put(Contender.PESSIMISTIC, new Color(0x5FA8D3));
    COLORS.put(Contender.OPTIMISTIC, new Color(0xA9D0EA));
    COLORS.put(Contender.SPRING, new Color(0x6AA84F));
    COLORS.put(Contender.SPRING_JDBC, new Color(0x9BC788));
    COLORS.put(Contender.SPRING_REDIS, new Color(0xC9E0BE));
    COLORS.put(Contender.HAZELCAST, new Color(0xE69138));
  }

  private final Path folder;
  private final List<String> drawn = new ArrayList<>();

  Charts(Path folder) {
    this.folder = folder;
  }

  /** The name of a chart's file. */
  static String file(String name) {
    return "bench-" + name + ".png";
  }

  /** The files of all that were drawn. */
  List<String> drawn() {
    return List.copyOf(drawn);
  }

  /**
   * What an operation is to the least that a bare cache needs for it.
   *
   * @return whether there is anything to draw
   */
  boolean operations(Map<Cell, Map<Contender, List<Operations.Sample>>> results)
      throws IOException {
    Map<String, Cell> cells = new LinkedHashMap<>();
    cells.put("create", new Cell(3, 4, 200, Operation.CREATE, Caller.STICKY));
    cells.put("read", new Cell(3, 4, 200, Operation.READ, Caller.STICKY));
    cells.put("update", new Cell(3, 4, 200, Operation.UPDATE, Caller.STICKY));
    cells.put("new id", new Cell(3, 4, 200, Operation.REMAP, Caller.STICKY));
    cells.put("create + delete", new Cell(3, 4, 200, Operation.LIFE, Caller.STICKY));
    cells.values().removeIf(cell -> !results.containsKey(cell));
    if (cells.isEmpty()) {
      return false;
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1_100)
            .height(480)
            .title("Operations per second, to the bare cache: three members, four threads, 200 B")
            .build();
    style(chart);
    COLORS.forEach(
        (contender, color) -> {
          List<Double> heights = new ArrayList<>();
          for (Cell cell : cells.values()) {
            heights.add(toBareCache(results.get(cell), contender));
          }
          if (heights.stream().anyMatch(Objects::nonNull)) {
            chart
                .addSeries(contender.label, new ArrayList<>(cells.keySet()), heights)
                .setFillColor(color);
          }
        });
    save(chart, "operations");
    return true;
  }

  private static @Nullable Double toBareCache(
      Map<Contender, List<Operations.Sample>> contenders, Contender contender) {
    List<Operations.Sample> samples = contenders.get(contender);
    return samples == null
        ? null
        : Series.of(samples, Operations.Sample::perSecond)
            .over(Series.of(contenders.get(Contender.RAW_PUT), Operations.Sample::perSecond));
  }

  /** Messages of each operation with three members, by who is asked. */
  void messages(List<MessageTable.Row> rows) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1_100)
            .height(420)
            .title(
                "Messages between three members, without transactions: typed-session and a bare cache")
            .build();
    style(chart);
    List<String> operations =
        List.of("create", "read", "update", "remap", "end", "raw put", "raw replace");
    Color[] colors = {new Color(0x1B6CA8), new Color(0x5FA8D3), new Color(0xA9D0EA)};
    List<String> roles = List.of("primary", "backup", "no copy");
    for (int i = 0; i < roles.size(); i++) {
      String role = roles.get(i);
      List<Double> heights = new ArrayList<>();
      for (String operation : operations) {
        heights.add(
            rows.stream()
                .filter(row -> row.mode().equals("plain") && row.members() == 3)
                .filter(row -> row.value() == 200 && row.operation().equals(operation))
                .filter(row -> row.role().equals(role))
                .map(MessageTable.Row::messages)
                .findFirst()
                .orElse(null));
      }
      chart.addSeries("asked: " + role, operations, heights).setFillColor(colors[i]);
    }
    save(chart, "messages");
  }

  /** Throughput by the number of sessions. */
  void growth(Map<Growth.Point, Series> points) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(420)
            .title("One thread on one member, by the number of sessions")
            .xAxisTitle("sessions")
            .yAxisTitle("operations per second")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    for (Operation operation : List.of(Operation.READ, Operation.UPDATE)) {
      List<Integer> sessions = new ArrayList<>();
      List<Double> rates = new ArrayList<>();
      points.forEach(
          (point, series) -> {
            if (point.operation() == operation) {
              sessions.add(point.sessions());
              rates.add(series.median());
            }
          });
      chart.addSeries(operation.label, sessions, rates);
    }
    save(chart, "growth");
  }

  /** Processor time of all nodes for a request. */
  void http(Map<HttpCell, Map<Site, List<HttpLevel.Slice>>> results) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1_100)
            .height(480)
            .title("Processor time of all nodes for a request, in microseconds: three WildFlys")
            .build();
    style(chart);
    Map<String, HttpCell> cells = new LinkedHashMap<>();
    for (boolean sticky : new boolean[] {true, false}) {
      for (Page page : List.of(Page.READ, Page.COUNT, Page.LOGIN)) {
        cells.put(page.label + (sticky ? ", sticky" : ", random"), new HttpCell(3, page, sticky));
      }
    }
    Map<Site, Color> colors =
        Map.of(
            Site.TYPED, new Color(0x1B6CA8),
            Site.DISTRIBUTABLE, new Color(0x555555),
            Site.TUNED, new Color(0x999999));
    for (Site site : List.of(Site.TYPED, Site.DISTRIBUTABLE, Site.TUNED)) {
      List<Double> heights =
          cells.values().stream()
              .map(cell -> Series.of(results.get(cell).get(site), HttpLevel.Slice::cpu).median())
              .toList();
      chart
          .addSeries(site.label, new ArrayList<>(cells.keySet()), heights)
          .setFillColor(colors.get(site));
    }
    save(chart, "http");
  }

  private static void style(CategoryChart chart) {
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    chart.getStyler().setAvailableSpaceFill(0.85);
    chart.getStyler().setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
  }

  private void save(Chart<?, ?> chart, String name) throws IOException {
    BitmapEncoder.saveBitmap(chart, folder.resolve(file(name)).toString(), BitmapFormat.PNG);
    drawn.add(file(name));
  }
}
