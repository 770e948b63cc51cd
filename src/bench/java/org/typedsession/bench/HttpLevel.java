package org.typedsession.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.typedsession.testing.http.RawConnection;

/**
 * The same application on the same servers, by where it keeps its sessions, loaded by clients with
 * cookie jars who check every answer. As in {@link Operations} all of them run in turn in each
 * round, in another order each time, and the first round warms up.
 */
final class HttpLevel {
  /**
   * One moment of one site in one cell.
   *
   * @param p50 in microseconds
   * @param p99 in microseconds
   * @param cpu processor time of all nodes for a request, in microseconds
   * @param bytes sent between nodes for a request
   * @param messages sent between nodes for a request
   * @param stale answers that did not know of a change that had been answered before
   */
  record Slice(
      int requests,
      double perSecond,
      double p50,
      double p99,
      double cpu,
      double bytes,
      double messages,
      int stale) {}

  private static final int THREADS = 8;
  private static final int VISITORS = 24;
  // Servers are compiled while they serve: on a busy machine it is requests that count, not time.
  // With a tenth of these, what has more to be compiled became faster from round to round.
  private static final int WARM_UP_REQUESTS = 2_500;
  private static final int LONGEST_WARM_UP_MILLIS = 60_000;
  private static final int SLICE_MILLIS = 1_500;
  // A recording takes one sample of a thread in ten or twenty milliseconds.
  private static final int RECORDED_MILLIS = 5_000;

  private record Tally(long[] nanos, int stale) {}

  private final Profiles profiles;
  private final Path folder;
  private final Progress progress;
  private final Random random = new Random();
  private final Map<HttpCell, Map<Site, List<Slice>>> results = new LinkedHashMap<>();

  HttpLevel(Profiles profiles, Path folder, Progress progress) {
    this.profiles = profiles;
    this.folder = folder;
    this.progress = progress;
  }

  Map<HttpCell, Map<Site, List<Slice>>> run() throws Exception {
    int rounds = BenchmarkRun.rounds(6);
    List<HttpCell> one = cells(1);
    List<HttpCell> three = cells(3);
    progress.begin("http", 2 + rounds * (sites(one) + sites(three)));
    for (List<HttpCell> cells : List.of(one, three)) {
      int nodes = cells.get(0).nodes();
      try (WildFly servers = new WildFly(nodes, folder);
          Threads threads = new Threads(nodes)) {
        progress.step(nodes + (nodes == 1 ? " server serves" : " servers serve"));
        for (int round = 0; round < rounds; round++) {
          for (HttpCell cell : cells) {
            round(servers, threads, cell, round > 0);
          }
        }
        if (profiles.wanted()) {
          for (HttpCell cell : cells) {
            record(servers, threads, cell);
          }
        }
      }
    }
    return results;
  }

  private static List<HttpCell> cells(int nodes) {
    List<HttpCell> cells = new ArrayList<>();
    for (Page page : Page.values()) {
      // Who does not touch the session has nothing to do with other nodes.
      if (nodes == 1 || page != Page.NONE) {
        cells.add(new HttpCell(nodes, page, true));
      }
      if (nodes > 1 && page != Page.NONE) {
        cells.add(new HttpCell(nodes, page, false));
      }
    }
    return cells;
  }

  private static List<Site> sitesOf(HttpCell cell) {
    return new ArrayList<>(Site.all().stream().filter(site -> site.takesPart(cell)).toList());
  }

  private static int sites(List<HttpCell> cells) {
    return cells.stream().mapToInt(cell -> sitesOf(cell).size()).sum();
  }

  private void round(WildFly servers, Threads threads, HttpCell cell, boolean counts)
      throws InterruptedException {
    List<Site> sites = sitesOf(cell);
    Collections.shuffle(sites, random);
    for (Site site : sites) {
      Slice slice =
          counts
              ? slice(servers, threads, cell, site, SLICE_MILLIS, Integer.MAX_VALUE)
              : slice(servers, threads, cell, site, LONGEST_WARM_UP_MILLIS, WARM_UP_REQUESTS);
      if (counts) {
        results
            .computeIfAbsent(cell, ignored -> new EnumMap<>(Site.class))
            .computeIfAbsent(site, ignored -> new ArrayList<>())
            .add(slice);
      }
      progress.step(
          "%s: %s %,.0f/s, %,.0f us of a processor, %,.0f B%s"
              .formatted(
                  cell,
                  site.label,
                  slice.perSecond,
                  slice.cpu,
                  slice.bytes,
                  slice.stale == 0 ? "" : ", stale " + slice.stale));
    }
  }

  private void record(WildFly servers, Threads threads, HttpCell cell) throws Exception {
    for (Site site : sitesOf(cell)) {
      profiles.record(
          "%s, %s".formatted(cell, site.label),
          servers.processes(),
          () -> slice(servers, threads, cell, site, RECORDED_MILLIS, Integer.MAX_VALUE));
    }
  }

  /**
   * @param most requests of each client
   */
  private Slice slice(
      WildFly servers, Threads threads, HttpCell cell, Site site, int millis, int most)
      throws InterruptedException {
    WildFly.Usage before = servers.usage();
    long begin = System.nanoTime();
    long end = begin + TimeUnit.MILLISECONDS.toNanos(millis);
    List<Tally> tallies = threads.load(cell, site, end, most);
    double seconds = (System.nanoTime() - begin) / 1e9;
    WildFly.Usage used = servers.usage().since(before);
    long[] nanos =
        tallies.stream().flatMapToLong(tally -> Arrays.stream(tally.nanos)).sorted().toArray();
    double requests = nanos.length;
    return new Slice(
        nanos.length,
        requests / seconds,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3,
        used.cpuNanos() / 1e3 / requests,
        used.bytes() / requests,
        used.messages() / requests,
        tallies.stream().mapToInt(Tally::stale).sum());
  }

  /** The clients: each thread has its own, and a connection to each node. */
  private static final class Threads implements AutoCloseable {
    private final int nodes;
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    private final List<List<RawConnection>> connections = new ArrayList<>();
    private final List<Map<Site, List<Visitor>>> visitors = new ArrayList<>();

    Threads(int nodes) throws IOException {
      this.nodes = nodes;
      for (int thread = 0; thread < THREADS; thread++) {
        List<RawConnection> own = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
          own.add(new RawConnection(WildFly.address(node)));
        }
        connections.add(own);
        Map<Site, List<Visitor>> ofThread = new EnumMap<>(Site.class);
        for (Site site : Site.all()) {
          List<Visitor> ofSite = new ArrayList<>();
          for (int i = 0; i < VISITORS; i++) {
            Visitor visitor = new Visitor(site, i % nodes);
            visitor.begin(own.get(i % nodes));
            ofSite.add(visitor);
          }
          ofThread.put(site, ofSite);
        }
        visitors.add(ofThread);
      }
    }

    List<Tally> load(HttpCell cell, Site site, long end, int most) throws InterruptedException {
      List<Future<Tally>> futures = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        List<RawConnection> own = connections.get(thread);
        List<Visitor> ofSite = visitors.get(thread).get(site);
        futures.add(executor.submit(() -> load(cell, own, ofSite, end, most)));
      }
      List<Tally> tallies = new ArrayList<>();
      for (Future<Tally> future : futures) {
        try {
          tallies.add(future.get());
        } catch (ExecutionException e) {
          throw new IllegalStateException(cell + ", " + site.label, e);
        }
      }
      return tallies;
    }

    private Tally load(
        HttpCell cell, List<RawConnection> connections, List<Visitor> ofSite, long end, int most)
        throws IOException {
      LongStream.Builder nanos = LongStream.builder();
      int stale = 0;
      int turn = 0;
      for (long begin = System.nanoTime(); begin - end < 0 && turn < most; ) {
        Visitor visitor = ofSite.get(turn++ % ofSite.size());
        int node = cell.sticky() ? visitor.node() : ThreadLocalRandom.current().nextInt(nodes);
        if (!visitor.visit(connections.get(node), cell.page())) {
          stale++;
        }
        long now = System.nanoTime();
        nanos.add(now - begin);
        begin = now;
      }
      return new Tally(nanos.build().toArray(), stale);
    }

    @Override
    public void close() throws IOException {
      executor.shutdownNow();
      for (List<RawConnection> own : connections) {
        for (RawConnection connection : own) {
          connection.close();
        }
      }
    }
  }
}
