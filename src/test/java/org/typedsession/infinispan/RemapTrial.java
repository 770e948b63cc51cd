package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.Attempt.Answer;
import org.typedsession.infinispan.Attempt.Span;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** Sessions that are used while something fails, and what became of each. */
public final class RemapTrial {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  // Longer than a repair of the copies waits before it begins.
  private static final Duration REST = Duration.ofSeconds(6);
  private static final Duration POLL = Duration.ofMillis(20);

  /** What clients do. */
  enum Use {
    /** One client remaps the session once; what it reads is not judged. */
    REMAPS(1),
    /** Several clients remap, write and end the session, each on one node and then on another. */
    EVERYTHING(3);

    private final int clients;

    Use(int clients) {
      this.clients = clients;
    }

    /** How many clients a session has at once. */
    int clients() {
      return clients;
    }
  }

  /** One session under trial. */
  static final class Subject {
    private final SessionId original;
    private final SessionHandle handle;
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();

    private Subject(SessionId original, SessionHandle handle) {
      this.original = original;
      this.handle = handle;
    }

    @Override
    public String toString() {
      return original + ", " + attempts;
    }

    SessionId original() {
      return original;
    }

    /** Every id that it may have. */
    List<SessionId> ids() {
      return Stream.concat(
              Stream.of(original),
              attempts.stream()
                  .filter(Attempt.Remap.class::isInstance)
                  .map(attempt -> ((Attempt.Remap) attempt).successor()))
          .toList();
    }
  }

  private final RandomSessionCookieGenerator cookies;
  private final Map<Node, SessionStoreConnector<Account>> connectors = new LinkedHashMap<>();
  private final Connecting connecting;
  private final FaultFigures figures;
  private final Use use;
  private final @Nullable String namespace;
  private final AtomicLong values = new AtomicLong();

  /** Makes the connector of a node. */
  @FunctionalInterface
  public interface Connecting {
    SessionStoreConnector<Account> over(SessionCache cache);

    /** The connector of the library. */
    static Connecting ofTheLibrary(String namespace, Random random) {
      return cache ->
          new InfinispanSessionStoreConnector<>(
              cache,
              namespace,
              new AccountCodec(),
              new MutableClock(),
              random,
              Duration.ofMinutes(15));
    }
  }

  RemapTrial(RandomSessionCookieGenerator cookies, Connecting connecting, FaultFigures figures) {
    this(cookies, connecting, figures, Use.REMAPS, null);
  }

  /**
   * @param namespace of the store, by which its copies are found; null if they are not to be
   *     compared
   */
  RemapTrial(
      RandomSessionCookieGenerator cookies,
      Connecting connecting,
      FaultFigures figures,
      Use use,
      @Nullable String namespace) {
    this.namespace = namespace;
    this.cookies = cookies;
    this.connecting = connecting;
    this.figures = figures;
    this.use = use;
  }

  Use use() {
    return use;
  }

  private synchronized SessionStoreConnector<Account> on(Node node) {
    // It refuses as long as the node waits for others.
    return connectors.computeIfAbsent(node, any -> node.awaited().connector(connecting::over));
  }

  /** New sessions, begun on all of {@code nodes} in turn. */
  List<Subject> begin(int count, List<Node> nodes) {
    List<Subject> subjects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Node node = nodes.get(i % nodes.size());
      subjects.add(begin(cookies.next(on(node).placement(null)).id(), node));
    }
    return subjects;
  }

  /** A new session with this id. */
  Subject begin(SessionId id, Node node) {
    if (on(node).createSession(id, SessionExpiry.never(), Account.EMPTY)
        instanceof WriteSessionResult.Written<Account> written) {
      return new Subject(id, written.stored().session().handle());
    }
    throw new AssertionError("a session could not be begun on a whole cluster");
  }

  /** A new session on a node that may refuse it; empty if no client knows of one then. */
  Optional<Subject> tryToBegin(Node node) {
    try {
      return Optional.of(begin(cookies.next(on(node).placement(null)).id(), node));
    } catch (SessionStoreUnavailableException e) {
      figures.answered(Answer.UNKNOWN);
      return Optional.empty();
    }
  }

  /** One client of the session, which begins on {@code first} and may go on on {@code others}. */
  void use(Subject subject, Node first, List<Node> others) {
    if (use == Use.REMAPS) {
      remap(subject, first);
      return;
    }
    SessionId id = something(subject, subject.original, first);
    something(subject, id, others.get(Seed.shared().nextInt(others.size())));
  }

  // Most of the time a change; a session that has ended tells nothing more.
  private SessionId something(Subject subject, SessionId id, Node node) {
    return switch (Seed.shared().nextInt(8)) {
      case 0 -> {
        logOut(subject, id, node);
        yield id;
      }
      case 1, 2, 3 -> {
        write(subject, id, node);
        yield id;
      }
      default -> remap(subject, id, node).orElse(id);
    };
  }

  /** Reads the session on {@code node} and remaps it there, as a login does. */
  void remap(Subject subject, Node node) {
    remap(subject, subject.original, node);
  }

  private Optional<SessionId> remap(Subject subject, SessionId id, Node node) {
    SessionStoreConnector<Account> connector = on(node);
    SessionId successor;
    try {
      successor = cookies.next(connector.placement(id)).id();
    } catch (SessionStoreUnavailableException e) {
      figures.answered(Answer.UNKNOWN);
      return Optional.empty();
    }
    Answer answer =
        change(
            subject,
            id,
            node,
            (live, after) -> connector.remapSession(successor, id, live, after),
            (base, value, told, span) -> new Attempt.Remap(successor, base, value, told, span));
    return answer == Answer.ACKNOWLEDGED ? Optional.of(successor) : Optional.empty();
  }

  /** Reads the session under an id that it has or had, and writes it in place. */
  void write(Subject subject, SessionId id, Node node) {
    SessionStoreConnector<Account> connector = on(node);
    change(
        subject,
        id,
        node,
        (live, after) -> connector.writeSession(id, live, after),
        Attempt.Write::new);
  }

  /** Ends the session by an id that it has or had. */
  void logOut(Subject subject, SessionId id, Node node) {
    long begun = System.nanoTime();
    Answer answer = Answer.UNKNOWN;
    try {
      on(node).endSession(subject.handle, id);
      answer = Answer.ACKNOWLEDGED;
      figures.loggedOut();
    } catch (SessionStoreUnavailableException e) {
      // It may live.
    }
    figures.answered(answer);
    subject.attempts.add(new Attempt.Logout(answer, since(begun)));
  }

  /** What a client does with a session that it has read. */
  @FunctionalInterface
  private interface Step {
    WriteSessionResult<Account> write(
        SessionLookup.Live<Account> live, SessionRecord<Account> after);
  }

  /** How a change is noted. */
  @FunctionalInterface
  private interface Note {
    Attempt.Change of(long base, long value, Answer answer, Span span);
  }

  private Answer change(Subject subject, SessionId id, Node node, Step step, Note note) {
    Optional<SessionLookup.Live<Account>> found;
    try {
      found = read(subject, id, node);
    } catch (SessionStoreUnavailableException e) {
      figures.answered(Answer.UNKNOWN);
      return Answer.UNKNOWN;
    }
    if (found.isEmpty()) {
      figures.answered(Answer.REFUSED);
      return Answer.REFUSED;
    }
    SessionLookup.Live<Account> live = found.get();
    Account before = live.session().data();
    Account after = before.addLeft(values.incrementAndGet() - before.left());
    long begun = System.nanoTime();
    Answer answer = Answer.UNKNOWN;
    try {
      answer =
          step.write(live, live.session().withData(after)) instanceof WriteSessionResult.Written
              ? Answer.ACKNOWLEDGED
              : Answer.REFUSED;
    } catch (SessionStoreUnavailableException e) {
      // It may be stored.
    }
    figures.answered(answer);
    subject.attempts.add(note.of(before.left(), after.left(), answer, since(begun)));
    return answer;
  }

  /**
   * Reads the session under an id that the client was given.
   *
   * @throws SessionStoreUnavailableException if the node tells nothing
   */
  Optional<SessionLookup.Live<Account>> read(Subject subject, SessionId id, Node node) {
    long begun = System.nanoTime();
    SessionLookup<Account> found = on(node).lookUpSession(id);
    Optional<SessionLookup.Live<Account>> live =
        found instanceof SessionLookup.Live<Account> there ? Optional.of(there) : Optional.empty();
    // No client hears what a dead node says.
    if (use == Use.EVERYTHING && !node.wire().isDead()) {
      subject.attempts.add(
          new Attempt.Read(
              id,
              live.map(there -> OptionalLong.of(there.session().data().left()))
                  .orElse(OptionalLong.empty()),
              found instanceof SessionLookup.Unknown,
              since(begun)));
    }
    return live;
  }

  /** Reads, on every node that tells, each id that was given out. */
  void look(Subject subject, List<Node> nodes) {
    List<SessionId> givenOut =
        Stream.concat(
                Stream.of(subject.original),
                subject.attempts.stream()
                    .filter(
                        attempt ->
                            attempt instanceof Attempt.Remap remap
                                && remap.answer() == Answer.ACKNOWLEDGED)
                    .map(attempt -> ((Attempt.Remap) attempt).successor()))
            .toList();
    for (Node node : nodes) {
      for (SessionId id : givenOut) {
        try {
          read(subject, id, node);
        } catch (SessionStoreUnavailableException e) {
          // A node that tells nothing tells nothing wrong.
        }
      }
    }
  }

  private static Span since(long begun) {
    return new Span(begun, System.nanoTime());
  }

  /** Reads every id of every session on every node, and moves each session on once more. */
  void verify(List<Subject> subjects, List<Node> nodes) {
    figures.fault();
    long begin = System.nanoTime();
    for (Subject subject : subjects) {
      figures.session();
      Map<Node, Map<SessionId, Long>> live = liveAtRest(subject, nodes, begin);
      boolean copiesDiffer = copiesDiffer(subject, nodes);
      Set<BrokenPromise> broken =
          new TrialJudge(subject.original, subject.attempts)
              .judge(new TrialJudge.AtRest(live.values(), copiesDiffer, movesOn(subject, nodes)));
      broken.forEach(figures::broken);
      if (!broken.isEmpty()) {
        figures.history(
            "%s: %s, at rest %s%s".formatted(broken, subject, live, copies(subject, nodes)));
      }
    }
  }

  /** Lets nodes forget sessions that were verified, so that the next fault is about others. */
  void forget(List<Node> nodes) {
    nodes.forEach(node -> node.cache().cache().getDataContainer().clear());
  }

  // What a dead node sent last may still be on its way, and copies are brought together after a
  // moment; where the nodes do not agree, look again.
  private Map<Node, Map<SessionId, Long>> liveAtRest(
      Subject subject, List<Node> nodes, long begin) {
    while (true) {
      Map<Node, Map<SessionId, Long>> live = new LinkedHashMap<>();
      nodes.forEach(node -> live.put(node, live(subject, node)));
      Set<Map<SessionId, Long>> answers = Set.copyOf(live.values());
      boolean agreed =
          answers.size() == 1
              && answers.iterator().next().size() <= 1
              && !copiesDiffer(subject, nodes);
      if (agreed || System.nanoTime() - begin > REST.toNanos()) {
        return live;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private Map<SessionId, Long> live(Subject subject, Node node) {
    Map<SessionId, Long> live = new HashMap<>();
    for (SessionId id : subject.ids()) {
      if (settled(() -> on(node).lookUpSession(id)) instanceof SessionLookup.Live<Account> there) {
        live.put(id, there.session().data().left());
      }
    }
    return live;
  }

  private boolean copiesDiffer(Subject subject, Collection<Node> nodes) {
    return namespace != null
        && subject.ids().stream().anyMatch(id -> Copies.differ(namespace, id, nodes));
  }

  private String copies(Subject subject, Collection<Node> nodes) {
    return namespace == null
        ? ""
        : subject.ids().stream()
            .map(id -> ", copies of %s %s".formatted(id, Copies.of(namespace + id.stored(), nodes)))
            .collect(Collectors.joining());
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
    SessionId next = cookies.next(connector.placement(id)).id();
    Boolean moved =
        settled(
            () ->
                connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live
                    && connector.remapSession(next, id, live, live.session())
                        instanceof WriteSessionResult.Written);
    return moved != null && moved;
  }

  private <T> @Nullable T settled(Supplier<T> question) {
    long begin = System.nanoTime();
    while (true) {
      try {
        return question.get();
      } catch (SessionStoreUnavailableException e) {
        if (System.nanoTime() - begin > PATIENCE.toNanos()) {
          figures.broken(BrokenPromise.UNANSWERED);
          return null;
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }
}
