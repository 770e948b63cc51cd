package org.typedsession.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Heap for each thing that is stored, on the member that stores it: the difference that some of
 * them make to the live objects of a JVM of their own.
 */
public final class Heap {
  private static final int STORED = 50_000;
  private static final String ANSWER = "heap for each: ";

  /** What is stored. */
  enum Kind {
    RAW("bare entry", Contender.RAW_PUT),
    SESSION("typed session", Contender.PLAIN),
    REMAPPED("typed session with the tombstone of one former id", Contender.PLAIN),
    MEMORY("typed session, in memory", Contender.MEMORY),
    SPRING("Spring Session, as an object", Contender.SPRING);

    final String label;
    private final Contender contender;

    Kind(String label, Contender contender) {
      this.label = label;
      this.contender = contender;
    }
  }

  record Figure(Kind kind, int value, double bytes) {}

  private Heap() {}

  /** What the bare entry of a value of that size takes. */
  static double bare(List<Figure> figures, int value) {
    return figures.stream()
        .filter(each -> each.kind == Kind.RAW && each.value == value)
        .mapToDouble(Figure::bytes)
        .findFirst()
        .orElseThrow();
  }

  static List<Figure> run(Progress progress) throws IOException, InterruptedException {
    int[] values = {200, 4096};
    progress.begin("heap", values.length * Kind.values().length);
    List<Figure> figures = new ArrayList<>();
    for (int value : values) {
      for (Kind kind : Kind.values()) {
        double bytes = inChild(kind, value);
        figures.add(new Figure(kind, value, bytes));
        progress.step("%s of %d B: %,.0f B".formatted(kind.label, value, bytes));
      }
    }
    return figures;
  }

  private static double inChild(Kind kind, int value) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Heap.class.getName(),
                kind.name(),
                Integer.toString(value))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(child.getInputStream().readAllBytes());
    child.waitFor();
    return output
        .lines()
        .filter(line -> line.startsWith(ANSWER))
        .mapToDouble(line -> Double.parseDouble(line.substring(ANSWER.length())))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no figure of " + kind + ": " + output));
  }

  /**
   * Measures one kind.
   *
   * @param arguments what is stored, and the size of its value
   */
  public static void main(String[] arguments) {
    Logger root = Logger.getLogger("");
    root.setLevel(Level.SEVERE);
    Kind kind = Kind.valueOf(arguments[0]);
    int value = Integer.parseInt(arguments[1]);
    try (Environment environment = new Environment(1)) {
      // Classes, pools and tables that are there whatever is stored.
      store(environment, kind, value, 1_000);
      environment.clear(kind.contender);
      long before = live();
      store(environment, kind, value, STORED);
      long after = live();
      System.out.println(ANSWER + (double) (after - before) / STORED);
    }
    System.exit(0);
  }

  private static void store(Environment environment, Kind kind, int value, int count) {
    Client client = environment.client(kind.contender, Caller.STICKY, value, 1);
    for (int i = 0; i < count; i++) {
      if (kind == Kind.REMAPPED) {
        client.createAndRemap();
      } else {
        client.create();
      }
    }
  }

  /** Bytes of what cannot be collected. */
  static long live() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
