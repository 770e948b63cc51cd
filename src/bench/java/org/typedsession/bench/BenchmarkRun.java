package org.typedsession.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.typedsession.infinispan.LeaseTable;
import org.typedsession.infinispan.MessageTable;

/** Runs everything, and writes the report. */
public final class BenchmarkRun {
  /** Needs servers, which {@code all} goes without. */
  private static final String HTTP = "http";

  /** Needs the classes of another version. */
  private static final String BEFORE = "before";

  private static final Set<String> PARTS =
      new TreeSet<>(
          Set.of(
              "messages",
              "lease",
              "operations",
              "steps",
              "options",
              "growth",
              "heap",
              "tombstones"));
  // Held, or their levels would be collected.
  private static final List<Logger> LOGGERS = new ArrayList<>();

  private BenchmarkRun() {}

  /**
   * @param arguments the folder of the report, whether operations and messages are to be measured
   *     in full, and the parts to run, separated by commas, or {@code all}
   */
  public static void main(String[] arguments) throws Exception {
    level("", Level.SEVERE);
    // Members that leave one after the other are told from a split with an error for each cache.
    level("org.infinispan.CLUSTER", Level.OFF);
    // So is what a member had to say to one that is gone.
    level("org.infinispan.topology.TopologyManagementHelper", Level.OFF);
    boolean full = Boolean.parseBoolean(arguments[1]);
    Set<String> parts =
        arguments[2].equals("all")
            ? PARTS
            : new TreeSet<>(Arrays.asList(arguments[2].strip().split(",")));
    if (!PARTS.containsAll(parts) && !parts.equals(Set.of(HTTP)) && !parts.equals(Set.of(BEFORE))) {
      throw new IllegalArgumentException(
          "the parts are %s, or by themselves %s and %s, asked for were %s"
              .formatted(PARTS, HTTP, BEFORE, parts));
    }
    Path folder = Path.of(arguments[0]);
    Report report = new Report(folder, full);
    Progress progress = new Progress();
    Profiles profiles =
        new Profiles(folder.resolve("profiles"), Boolean.getBoolean("bench.profile"));
    if (parts.contains("messages")) {
      progress.begin("messages", MessageTable.steps(full));
      report.messages(MessageTable.measure(full, progress::step));
    }
    if (parts.contains("lease")) {
      progress.begin("lease", LeaseTable.steps());
      report.lease(LeaseTable.measure(progress::step));
    }
    if (parts.contains("operations")) {
      Operations operations = new Operations(full, profiles, progress);
      report.operations(operations.run(), operations.absent());
    }
    if (parts.contains("steps")) {
      report.steps(HotPaths.run(profiles, progress));
    }
    if (parts.contains("options")) {
      report.options(HotPaths.options(progress));
    }
    if (parts.contains("growth")) {
      report.growth(Growth.run(progress));
    }
    if (parts.contains("heap")) {
      report.heap(Heap.run(progress));
    }
    if (parts.contains("tombstones")) {
      report.tombstones(Tombstones.run(progress));
    }
    if (parts.contains(BEFORE)) {
      Path before = Path.of(System.getProperty("bench.before", ""));
      report.beforeAndAfter(HotPaths.beforeAndAfter(before, progress));
    }
    if (parts.contains(HTTP)) {
      report.http(new HttpLevel(profiles, folder.resolve("servers"), progress).run());
    }
    report.finish();
    if (Boolean.getBoolean("bench.write")) {
      report.publish(Path.of(System.getProperty("bench.project")));
    }
    System.out.println("The report is " + folder.resolve("report.md"));
    // Threads of rivals may go on.
    System.exit(0);
  }

  /**
   * How many rounds contenders take turns in.
   *
   * @param otherwise if none is asked for
   */
  static int rounds(int otherwise) {
    int asked = Integer.getInteger("bench.rounds", 0);
    if (asked == 1) {
      throw new IllegalArgumentException("bench.rounds must be at least 2, was 1");
    }
    return asked == 0 ? otherwise : asked;
  }

  private static void level(String name, Level level) {
    Logger logger = Logger.getLogger(name);
    logger.setLevel(level);
    LOGGERS.add(logger);
  }
}
