package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.RandomSessionCookieGenerator;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Account;
import org.typedsession.testing.Seed;

/** Sessions that are remapped while something fails, and what became of each. */
final class RemapTrial {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration REST = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(20);

  private enum Answer {
    ACKNOWLEDGED,
    REFUSED,
    UNKNOWN
  }

  private record Attempt(SessionId id, Answer answer) {}

  /** One session under trial. */
  static final class Subject {
    private final SessionId original;
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();

    private Subject(SessionId original) {
      this.original = original;
    }

    @Override
    public String toString() {
      return original + " remapped to " + attempts;
    }

    private List<SessionId> ids() {
      return Stream.concat(Stream.of(original), attempts.stream().map(Attempt::id)).toList();
    }

    private List<SessionId> acknowledged() {
      return attempts.stream()
          .filter(attempt -> attempt.answer == Answer.ACKNOWLEDGED)
          .map(Attempt::id)
          .toList();
    }
  }

  private final RandomSessionCookieGenerator cookies;
  private final Map<Node, SessionStoreConnector<Account>> connectors = new LinkedHashMap<>();
  private final Connecting connecting;
  private final FaultFigures figures;

  /** Makes the connector of a node. */
  @FunctionalInterface
  interface Connecting {
    SessionStoreConnector<Account> over(SessionCache cache);
  }

  RemapTrial(RandomSessionCookieGenerator cookies, Connecting connecting, FaultFigures figures) {
    this.cookies = cookies;
    this.connecting = connecting;
    this.figures = figures;
  }

  private synchronized SessionStoreConnector<Account> on(Node node) {
    return connectors.computeIfAbsent(node, any -> connecting.over(node.cache()));
  }

  /** New sessions, begun on all of {@code nodes} in turn. */
  List<Subject> begin(int count, List<Node> nodes) {
    List<Subject> subjects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SessionStoreConnector<Account> connector = on(nodes.get(i % nodes.size()));
      SessionId id = cookies.next(connector.preferredIds(null)).id();
      if (!(connector.createSession(id, SessionExpiry.never(), Account.EMPTY)
          instanceof WriteSessionResult.Written)) {
        throw new AssertionError("a session could not be begun on a whole cluster");
      }
      subjects.add(new Subject(id));
    }
    return subjects;
  }

  /** Reads the session on {@code node} and remaps it there, as a login does. */
  void remap(Subject subject, Node node) {
    SessionStoreConnector<Account> connector = on(node);
    SessionId successor = cookies.next(connector.preferredIds(subject.original)).id();
    Answer answer = remap(connector, subject.original, successor);
    subject.attempts.add(new Attempt(successor, answer));
    switch (answer) {
      case ACKNOWLEDGED -> figures.acknowledged();
      case REFUSED -> figures.refused();
      case UNKNOWN -> figures.unknown();
    }
  }

  private static Answer remap(
      SessionStoreConnector<Account> connector, SessionId from, SessionId to) {
    try {
      return connector.lookUpSession(from) instanceof SessionLookup.Live<Account> live
              && connector.updateSession(to, from, live, live.session())
                  instanceof WriteSessionResult.Written
          ? Answer.ACKNOWLEDGED
          : Answer.REFUSED;
    } catch (SessionStoreUnavailableException e) {
      return Answer.UNKNOWN;
    }
  }

  /** Reads every id of every session on every node, and moves each session on once more. */
  void verify(List<Subject> subjects, List<Node> nodes) {
    for (Subject subject : subjects) {
      figures.session();
      long brokenBefore = figures.broken();
      Map<Node, Set<SessionId>> acceptedOn = acceptedAtRest(subject, nodes);
      Set<SessionId> accepted = new LinkedHashSet<>();
      acceptedOn.values().forEach(accepted::addAll);
      if (accepted.isEmpty()) {
        figures.lost();
      } else if (accepted.size() > 1) {
        figures.forked();
      } else if (acceptedOn.values().stream().anyMatch(Set::isEmpty)) {
        figures.disagreed();
      }
      List<SessionId> acknowledged = subject.acknowledged();
      if (acknowledged.size() > 1) {
        figures.forkedAnswers();
      }
      if (!accepted.containsAll(acknowledged)) {
        figures.lostAcknowledged();
      }
      if (movesOn(subject, nodes) > 1) {
        figures.movedTwice();
      }
      if (figures.broken() > brokenBefore) {
        figures.history("%s, accepted at rest on %s".formatted(subject, acceptedOn));
      }
    }
  }

  // What a dead node sent last may still be on its way; where the nodes do not agree, look again.
  private Map<Node, Set<SessionId>> acceptedAtRest(Subject subject, List<Node> nodes) {
    long begin = System.nanoTime();
    while (true) {
      Map<Node, Set<SessionId>> acceptedOn = new LinkedHashMap<>();
      nodes.forEach(node -> acceptedOn.put(node, accepted(subject, node)));
      Set<Set<SessionId>> answers = new LinkedHashSet<>(acceptedOn.values());
      boolean agreed = answers.size() == 1 && answers.iterator().next().size() == 1;
      if (agreed || System.nanoTime() - begin > REST.toNanos()) {
        return acceptedOn;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private Set<SessionId> accepted(Subject subject, Node node) {
    Set<SessionId> accepted = new LinkedHashSet<>();
    for (SessionId id : subject.ids()) {
      if (settled(() -> on(node).lookUpSession(id)) instanceof SessionLookup.Live) {
        accepted.add(id);
      }
    }
    return accepted;
  }

  // Whoever has any of the ids tries to go on with it, on any node.
  private long movesOn(Subject subject, List<Node> nodes) {
    List<Node> shuffled = new ArrayList<>(nodes);
    Collections.shuffle(shuffled, Seed.shared());
    return subject.ids().stream()
        .flatMap(id -> shuffled.stream().map(node -> movesOn(id, node)))
        .filter(Boolean::booleanValue)
        .count();
  }

  private boolean movesOn(SessionId id, Node node) {
    SessionStoreConnector<Account> connector = on(node);
    SessionId next = cookies.next(connector.preferredIds(id)).id();
    return settled(() -> remap(connector, id, next)) == Answer.ACKNOWLEDGED;
  }

  private <T> @Nullable T settled(Supplier<T> question) {
    long begin = System.nanoTime();
    while (true) {
      try {
        return question.get();
      } catch (SessionStoreUnavailableException e) {
        if (System.nanoTime() - begin > PATIENCE.toNanos()) {
          figures.unanswered();
          return null;
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }
}
