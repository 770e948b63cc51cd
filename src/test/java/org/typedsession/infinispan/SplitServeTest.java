package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.conflict.MergePolicy;
import org.infinispan.context.Flag;
import org.infinispan.factories.GlobalComponentRegistry;
import org.infinispan.notifications.cachemanagerlistener.CacheManagerNotifier;
import org.infinispan.notifications.cachemanagerlistener.CacheManagerNotifierImpl;
import org.infinispan.partitionhandling.PartitionHandling;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.ServedSplit.Side;
import org.typedsession.infinispan.ServedSplit.Subject;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.LossListener;
import org.typedsession.infinispan.cluster.MergeListener;
import org.typedsession.infinispan.cluster.SplitRecovery;
import org.typedsession.infinispan.cluster.Watches;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.SessionLookup;
import org.typedsession.testing.Campaign;
import org.typedsession.testing.FigureFile;
import org.typedsession.testkit.Seed;

/** Sessions that both sides of a split went on with, as the operator may choose. */
final class SplitServeTest {
  private static final FigureFile FIGURES =
      FigureFile.of(
          "split-serve",
          "mode,split,story,sessions,several ids seen before the search,one id left,none left,told");
  private static final int MANY = 100;
  private static final int FEW = 5;
  private static final int BUSY_SESSIONS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);

  private final RandomSessionCookieGenerator cookies =
      new RandomSessionCookieGenerator(Seed.random());
  private final String namespace = HexFormat.of().toHexDigits(Seed.random().nextInt());

  @BeforeAll
  static void beginFigures() {
    FIGURES.clear();
  }

  /** What SplitRecovery logs, while it is open. */
  private static final class HealLog extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(SplitRecovery.class.getName());
    private final List<String> lines = new CopyOnWriteArrayList<>();

    HealLog() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  /** Clients of one side that go on with some sessions until they are told to stop. */
  private static final class Clients {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<CompletableFuture<Void>> running = new ArrayList<>();

    void start(Side side, List<Subject> subjects) {
      running.add(
          CompletableFuture.runAsync(
              () -> {
                Map<Subject, SessionId> at = new LinkedHashMap<>();
                subjects.forEach(subject -> at.put(subject, subject.original()));
                while (!stopped.get()) {
                  at.replaceAll(side::goOn);
                }
              }));
    }

    void stop() {
      stopped.set(true);
      running.forEach(CompletableFuture::join);
    }
  }

  @Test
  void heal_sessionsServedOnBothSides_leavesOneIdOrNoneAfterALogout() {
    splitAndHeal(Members.Mode.PLAIN, 1, 1, FEW, 0);
  }

  @Tag("chaos")
  @ParameterizedTest
  @CsvSource({"PLAIN, 1, 1", "PLAIN, 2, 1", "PESSIMISTIC, 1, 1"})
  void heal_manySessionsInUse_leavesOneIdOrNoneAfterALogout(
      Members.Mode mode, int sizeOfOne, int sizeOfOther) {
    splitAndHeal(mode, sizeOfOne, sizeOfOther, Campaign.lengthened(MANY), BUSY_SESSIONS);
  }

  private void splitAndHeal(
      Members.Mode mode, int sizeOfOne, int sizeOfOther, int sessions, int inUse) {
    try (SimulatedCluster cluster =
            new SimulatedCluster(serving(mode), true, sizeOfOne + sizeOfOther);
        HealLog log = new HealLog()) {
      ServedSplit split = new ServedSplit(cluster, cookies, namespace);
      // Shares the cache, has no business with the sessions, and must find nothing to do.
      ServedSplit neighbour = new ServedSplit(cluster, cookies, "x".repeat(namespace.length()));
      List<Node> one = cluster.nodes().subList(0, sizeOfOne);
      List<Node> other = cluster.nodes().subList(sizeOfOne, sizeOfOne + sizeOfOther);
      Map<SplitStory, List<Subject>> stories = begin(split, other, sessions);
      List<Subject> busy = many(split.side(other), inUse);
      List<Subject> strangers = many(neighbour.everybody(), FEW);

      split.split(one, other);
      List<Side> sides = List.of(split.side(one), split.side(other));
      stories.forEach((story, subjects) -> tell(story, subjects, sides));
      List<Subject> created = new ArrayList<>();
      sides.forEach(side -> created.addAll(many(side, sessions)));
      Clients clients = new Clients();
      if (!busy.isEmpty()) {
        sides.forEach(side -> clients.start(side, busy));
      }
      split.heal();
      Map<SplitStory, Long> several = new EnumMap<>(SplitStory.class);
      stories.forEach((story, subjects) -> several.put(story, countSeveral(split, subjects)));
      Map<Subject, Integer> idsLeft = new LinkedHashMap<>();
      stories.forEach(
          (story, subjects) -> subjects.forEach(each -> idsLeft.put(each, story.idsLeft())));
      created.forEach(subject -> idsLeft.put(subject, 1));
      busy.forEach(subject -> idsLeft.put(subject, 1));
      try {
        // One line of each node for each of the two stores.
        await(() -> log.lines.size() >= 2 * cluster.nodes().size());
        clients.stop();
        idsLeft.forEach((subject, ids) -> await(() -> split.isAgreed(subject, ids)));
      } finally {
        clients.stop();
        report("served split %d|%d, %s".formatted(sizeOfOne, sizeOfOther, mode), split, idsLeft);
      }
      Map<SessionHandle, Integer> told = split.told();
      stories.forEach(
          (story, subjects) ->
              FIGURES.append(
                  "%s,%d|%d,%s,%d,%d,%d,%d,%d"
                      .formatted(
                          mode,
                          sizeOfOne,
                          sizeOfOther,
                          story,
                          subjects.size(),
                          several.get(story),
                          story.idsLeft() * subjects.size(),
                          (1 - story.idsLeft()) * subjects.size(),
                          subjects.stream().filter(s -> told.containsKey(s.handle())).count())));
      FIGURES.append(
          "%s,%d|%d,CREATED_HERE,%d,0,%d,0,0"
              .formatted(mode, sizeOfOne, sizeOfOther, created.size(), created.size()));

      assertThat(told.values()).as("how often a session is told of").containsOnly(1);
      stories.forEach(
          (story, subjects) -> {
            if (story.isFork()) {
              assertThat(subjects)
                  .as("%s", story)
                  .allSatisfy(subject -> assertThat(told).containsKey(subject.handle()))
                  .allSatisfy(subject -> assertThatNoIdIsUnknown(split, subject));
            }
          });
      assertThat(stories.get(SplitStory.UNTOUCHED))
          .noneSatisfy(subject -> assertThat(told).containsKey(subject.handle()));
      assertThat(neighbour.told()).isEmpty();
      strangers.forEach(subject -> await(() -> neighbour.isAgreed(subject, 1)));
      assertThat(log.lines).allSatisfy(line -> assertThat(line).startsWith("TSESS0094"));
      assertThatLogoutWithAnyIdEndsIt(
          split, stories.get(SplitStory.REMAPPED_AND_WRITTEN_HERE_AND_THERE));
    }
  }

  private static void report(String campaign, ServedSplit split, Map<Subject, Integer> idsLeft) {
    long forks = 0;
    long lost = 0;
    List<String> histories = new ArrayList<>();
    for (Map.Entry<Subject, Integer> expected : idsLeft.entrySet()) {
      Subject subject = expected.getKey();
      int surplus = split.accepted(subject).size() - expected.getValue();
      forks += surplus > 0 ? 1 : 0;
      lost += surplus < 0 ? 1 : 0;
      if (surplus != 0) {
        histories.add(
            "%s of %s accepted, not %d"
                .formatted(split.accepted(subject), subject.ids(), expected.getValue()));
      }
    }
    new Campaign(campaign, idsLeft.size(), forks, lost, 0, Optional.empty()).report(histories);
  }

  // Infinispan's own merge is a write per entry, and leaves what is there when one of them fails.
  @Test
  void repairOfEverything_copiesThatDiffer_areBroughtTogether() {
    try (SimulatedCluster cluster = new SimulatedCluster(serving(Members.Mode.PLAIN), true, 2)) {
      ServedSplit split = new ServedSplit(cluster, cookies, namespace);
      List<Subject> subjects = many(split.everybody(), MANY);
      for (int i = 0; i < subjects.size(); i++) {
        String key = namespace + subjects.get(i).original().stored();
        AdvancedCache<String, String> copy =
            cluster.nodes().get(i % 2).cache().cache().withFlags(Flag.CACHE_MODE_LOCAL);
        if (i % 4 < 2) {
          copy.remove(key);
        } else {
          copy.put(key, ended(subjects.get(i)));
        }
      }
      assertThat(subjects).noneMatch(subject -> split.isAgreed(subject, 1));

      cluster.nodes().forEach(node -> assertThat(Watches.repairEverything(node.watch())).isTrue());

      assertThat(subjects)
          .allMatch(subject -> split.isAgreed(subject, 1) || split.isAgreed(subject, 0));
      assertThat(subjects.stream().filter(subject -> split.isAgreed(subject, 1)).count())
          .as("removed copies are restored; of the ended ones the primary's count")
          .isBetween(50L, 99L);
    }
  }

  private static String ended(Subject subject) {
    return EntryFormat.encode(
        new StoredEntry.Ended(subject.handle(), 0, java.time.Instant.EPOCH, 1));
  }

  // On a server the container outlives the application, and would keep its class loader.
  @Test
  void close_cacheThatServes_listensNoMore() {
    try (SimulatedCluster cluster = new SimulatedCluster(serving(Members.Mode.PLAIN), true, 1)) {
      SessionCache cache = cluster.nodes().get(0).cache();
      assertThat(listeners(cache))
          .hasAtLeastOneElementOfType(MergeListener.class)
          .hasAtLeastOneElementOfType(LossListener.class);

      cache.close();

      assertThat(listeners(cache))
          .doesNotHaveAnyElementsOfTypes(MergeListener.class, LossListener.class);
    }
  }

  private static Set<Object> listeners(SessionCache cache) {
    CacheManagerNotifier notifier =
        GlobalComponentRegistry.of(cache.cache().getCacheManager())
            .getComponent(CacheManagerNotifier.class);
    return ((CacheManagerNotifierImpl) notifier).getListeners();
  }

  private static void assertThatNoIdIsUnknown(ServedSplit split, Subject subject) {
    assertThat(subject.ids())
        .allSatisfy(
            id ->
                assertThat(split.lookUps(id))
                    .noneSatisfy(
                        found -> assertThat(found).isInstanceOf(SessionLookup.Unknown.class)));
  }

  private static void assertThatLogoutWithAnyIdEndsIt(ServedSplit split, List<Subject> subjects) {
    for (int i = 0; i < subjects.size(); i++) {
      Subject subject = subjects.get(i);
      split.everybody().end(subject, subject.ids().get(i % subject.ids().size()));
      assertThat(split.accepted(subject)).isEmpty();
    }
  }

  // A side smaller than the number of owners lacks what its nodes do not own. What both sides are
  // to
  // go on with begins where the smaller one is the primary owner; what need not be there, anywhere.
  private static Map<SplitStory, List<Subject>> begin(
      ServedSplit split, List<Node> smaller, int sessions) {
    Map<SplitStory, List<Subject>> stories = new EnumMap<>(SplitStory.class);
    for (SplitStory story : SplitStory.values()) {
      Side where = story.isForAnySession() ? split.everybody() : split.side(smaller);
      stories.put(story, many(where, sessions));
    }
    return stories;
  }

  private static List<Subject> many(Side side, int count) {
    List<Subject> subjects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      subjects.add(side.create());
    }
    return subjects;
  }

  // Either side plays either part.
  private static void tell(SplitStory story, List<Subject> subjects, List<Side> sides) {
    for (int i = 0; i < subjects.size(); i++) {
      story.happen(subjects.get(i), sides.get(i % 2), sides.get(1 - i % 2));
    }
  }

  private static long countSeveral(ServedSplit split, List<Subject> subjects) {
    return subjects.stream().filter(subject -> split.accepted(subject).size() > 1).count();
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .ignoreException(org.typedsession.SessionStoreUnavailableException.class)
        .until(condition);
  }

  private static Configuration serving(Members.Mode mode) {
    ConfigurationBuilder builder = new ConfigurationBuilder().read(mode.configuration(true));
    builder
        .clustering()
        .remoteTimeout(2_000)
        .partitionHandling()
        .whenSplit(PartitionHandling.ALLOW_READ_WRITES)
        .mergePolicy(MergePolicy.PREFERRED_NON_NULL)
        .locking()
        .lockAcquisitionTimeout(1_000);
    return builder.build();
  }
}
