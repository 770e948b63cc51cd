package org.typedsession.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.session.SessionRepository;

/** The servers that rivals store their sessions in, those that this machine can run. */
final class Backends implements AutoCloseable {
  /** One server, for all members. */
  interface Backend extends AutoCloseable {
    /** Of a member: with connections of its own. */
    SessionRepository<?> repository() throws Exception;

    /** Forgets all sessions. */
    void clear();

    /** Processor time of all its processes so far. */
    long processorNanos();

    @Override
    void close();
  }

  private final Map<Contender, Backend> backends = new EnumMap<>(Contender.class);
  private final List<String> absent = new ArrayList<>();

  private Backends() {}

  /** None: for what is measured without rivals. */
  static Backends none() {
    return new Backends();
  }

  /** Starts all that this machine can run. */
  static Backends start() {
    Backends backends = new Backends();
    backends.start(Contender.SPRING_JDBC, Postgres::new);
    backends.start(Contender.SPRING_REDIS, Redis::new);
    return backends;
  }

  /** Starts one of them. */
  private interface Start {
    Backend start() throws Exception;
  }

  // Whatever keeps a rival from starting is no reason not to measure the others.
  private void start(Contender contender, Start start) {
    try {
      backends.put(contender, start.start());
    } catch (Exception e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      absent.add("%s is absent: %s".formatted(contender.label, line));
    }
  }

  /** Why some are absent: a sentence for each. */
  List<String> absent() {
    return List.copyOf(absent);
  }

  boolean has(Contender contender) {
    return !contender.isServer() || backends.containsKey(contender);
  }

  /** A repository of each member, of each contender that is there. */
  Map<Contender, List<SessionRepository<?>>> repositories(int members) {
    Map<Contender, List<SessionRepository<?>>> repositories = new EnumMap<>(Contender.class);
    backends.forEach(
        (contender, backend) -> {
          List<SessionRepository<?>> ofMembers = new ArrayList<>();
          try {
            for (int i = 0; i < members; i++) {
              ofMembers.add(backend.repository());
            }
          } catch (Exception e) {
            throw new IllegalStateException(contender.label, e);
          }
          repositories.put(contender, ofMembers);
        });
    return repositories;
  }

  void clear(Contender contender) {
    backends.get(contender).clear();
  }

  /** Processor time of the contender's server so far. */
  long processorNanos(Contender contender) {
    return contender.isServer() ? backends.get(contender).processorNanos() : 0;
  }

  /** Processor time of a process and all that it has started. */
  static long processorNanos(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .flatMap(each -> each.info().totalCpuDuration().stream())
        .mapToLong(Duration::toNanos)
        .sum();
  }

  @Override
  public void close() {
    backends.values().forEach(Backend::close);
  }
}
