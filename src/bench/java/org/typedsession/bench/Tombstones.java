package org.typedsession.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionPolicy;
import org.typedsession.core.BytesCodec;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.ModeOfCache;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testkit.MutableClock;

/**
 * How many tombstones stand beside the live sessions of a member, by a day of requests: the clock
 * of the store and of its cache is moved from one request to the next.
 */
final class Tombstones {
  private static final Duration ENDED = Duration.ofMinutes(15);
  private static final int SESSIONS_PER_HOUR = 500;
  private static final Duration ACTIVE = Duration.ofMinutes(30);
  private static final Duration BETWEEN_REQUESTS = Duration.ofMinutes(1);
  private static final int READS_FOR_A_CHANGE = 20;
  private static final double LOGOUTS = 0.3;
  // As much as any tombstone lives, and then whole hours that are looked at.
  private static final int HOURS_BEFORE = 13;
  private static final int HOURS = 5;
  private static final Duration BETWEEN_REAPINGS = Duration.ofMinutes(20);

  /** Which ids the sessions get. */
  enum Mix {
    LOGIN("one login each"),
    BRIEF("the same, `absolute-lifetime` of 2 hours", Duration.ofHours(2), false),
    ROTATED("one login each, and `rotateId()` every 15 minutes", Duration.ofHours(12), true),
    UNMARKED("data that marks no `@Privilege`: a new id with every change");

    final String label;
    private final Duration absoluteLifetime;
    private final boolean rotates;

    Mix(String label) {
      this(label, Duration.ofHours(12), false);
    }

    Mix(String label, Duration absoluteLifetime, boolean rotates) {
      this.label = label;
      this.absoluteLifetime = absoluteLifetime;
      this.rotates = rotates;
    }
  }

  /**
   * The means of the last hours.
   *
   * @param remaps new ids of sessions, in an hour
   * @param lifespan for how long a tombstone of such a one is kept at most
   * @param live sessions
   * @param moved tombstones of former ids
   * @param logouts in an hour
   * @param ended tombstones of ended sessions
   * @param bytes heap of one tombstone
   */
  record Figure(
      Mix mix,
      double remaps,
      Duration lifespan,
      double live,
      double moved,
      double logouts,
      double ended,
      double bytes) {
    /** As many as there are if each is kept that long. */
    double movedByFormula() {
      return remaps * lifespan.toSeconds() / Duration.ofHours(1).toSeconds();
    }

    double endedByFormula() {
      return logouts * ENDED.toSeconds() / Duration.ofHours(1).toSeconds();
    }

    double forEachSession() {
      return (moved + ended) / live;
    }

    /** Heap of all tombstones. */
    double allBytes() {
      return (moved + ended) * bytes;
    }
  }

  /** Without a mark, each change is one of a privilege. */
  record Unmarked(String user, long count, String items) {
    static final Unmarked NONE = new Unmarked("guest", 0, "");

    Unmarked next() {
      return new Unmarked(user, count + 1, items);
    }
  }

  private Tombstones() {}

  static List<Figure> run(Progress progress) {
    progress.begin("tombstones", Mix.values().length);
    List<Figure> figures = new ArrayList<>();
    for (Mix mix : Mix.values()) {
      Figure figure =
          mix == Mix.UNMARKED
              ? measure(
                  mix,
                  new Data<>(
                      Unmarked.class,
                      Unmarked.NONE,
                      new Unmarked("u1000", 0, Basket.ofSize(200).items()),
                      Unmarked::next,
                      Unmarked::next))
              : measure(
                  mix,
                  new Data<>(
                      Basket.class,
                      new Basket(),
                      Basket.ofSize(200),
                      Basket::next,
                      Basket::otherUser));
      figures.add(figure);
      progress.step("%s: %,.1f for a live session".formatted(mix.label, figure.forEachSession()));
    }
    return figures;
  }

  private record Data<D>(
      Class<D> type, D none, D begin, UnaryOperator<D> change, UnaryOperator<D> login) {}

  private static <D> Figure measure(Mix mix, Data<D> data) {
    MutableClock clock = new MutableClock();
    GlobalConfigurationBuilder global = new GlobalConfigurationBuilder().nonClusteredDefault();
    global.jmx().enabled(false);
    global.metrics().gauges(false).histograms(false);
    try (DefaultCacheManager manager = new DefaultCacheManager(global.build())) {
      manager.defineConfiguration("sessions", ModeOfCache.PLAIN.configuration(false));
      // A cache asks for the time that there is when it starts.
      SimulatedCluster.setClock(manager, clock);
      AdvancedCache<String, String> cache =
          manager.<String, String>getCache("sessions").getAdvancedCache();
      SessionCache sessions =
          SessionCache.of(
              cache, new AcceptedRisks(WhenSplit.REFUSE, PessimisticTransactions.MAY_FORK), 1);
      try {
        return new Day<>(mix, data, clock, cache, store(mix, data, clock, sessions)).figure();
      } finally {
        sessions.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <D> DefaultSessionStore<D> store(
      Mix mix, Data<D> data, MutableClock clock, SessionCache cache) {
    SecureRandom random = new SecureRandom();
    SessionCodec<D> codec = new JsonSessionCodec<>(data.type);
    return DefaultSessionStore.sealing(
        new InfinispanSessionStoreConnector<>(
            cache,
            "s/",
            new BytesCodec(codec.id()),
            clock,
            random,
            new TombstonePolicy(ENDED, Optional.of(mix.absoluteLifetime))),
        false,
        random,
        new DefaultSessionStore.Rules<>(
            codec,
            PrivilegeRule.of(data.type),
            () -> data.none,
            SessionPolicy.builder().absoluteLifetime(mix.absoluteLifetime).build(),
            new RandomSessionCookieGenerator(random),
            clock,
            new SplittableRandom(),
            event -> {}));
  }

  /** Whoever uses a session, until the day is over for them. */
  private static final class User {
    private final Instant until;
    private final boolean logsOut;
    private String cookie;
    private Instant next;
    private Instant rotated;
    private int requests;

    User(String cookie, Instant now, Duration active, boolean logsOut) {
      this.cookie = cookie;
      this.next = now.plus(BETWEEN_REQUESTS);
      this.rotated = now;
      this.until = now.plus(active);
      this.logsOut = logsOut;
    }
  }

  private static final class Day<D> {
    private final Mix mix;
    private final Data<D> data;
    private final MutableClock clock;
    private final AdvancedCache<String, String> cache;
    private final DefaultSessionStore<D> store;
    // The same in each run.
    private final SplittableRandom random = new SplittableRandom(1);
    private final PriorityQueue<User> users =
        new PriorityQueue<>(Comparator.comparing((User user) -> user.next));
    private long remaps;
    private long logouts;

    Day(
        Mix mix,
        Data<D> data,
        MutableClock clock,
        AdvancedCache<String, String> cache,
        DefaultSessionStore<D> store) {
      this.mix = mix;
      this.data = data;
      this.clock = clock;
      this.cache = cache;
      this.store = store;
    }

    Figure figure() {
      Instant begin = clock.instant();
      Duration between = Duration.ofHours(1).dividedBy(SESSIONS_PER_HOUR);
      Instant nextBegin = begin;
      Instant reaping = begin;
      long[] sums = new long[3];
      for (int hour = 1; hour <= HOURS_BEFORE + HOURS; hour++) {
        Instant end = begin.plus(Duration.ofHours(hour));
        while (true) {
          User user = users.peek();
          boolean begins = user == null || nextBegin.isBefore(user.next);
          Instant next = begins ? nextBegin : user.next;
          if (!next.isBefore(end)) {
            break;
          }
          clock.moveTo(next);
          if (!next.isBefore(reaping)) {
            reaping = next.plus(BETWEEN_REAPINGS);
            cache.getExpirationManager().processExpiration();
          }
          if (begins) {
            users.add(begin());
            nextBegin = nextBegin.plus(between);
          } else {
            users.remove();
            request(user);
          }
        }
        clock.moveTo(end);
        cache.getExpirationManager().processExpiration();
        if (hour == HOURS_BEFORE) {
          remaps = 0;
          logouts = 0;
        } else if (hour > HOURS_BEFORE) {
          count(sums);
        }
      }
      return figure(sums);
    }

    private User begin() {
      double exponential = -Math.log(1 - random.nextDouble());
      return new User(
          cookie(store.store(store.create(data.begin))),
          clock.instant(),
          Duration.ofMillis((long) (exponential * ACTIVE.toMillis())),
          random.nextDouble() < LOGOUTS);
    }

    private static String cookie(SessionCookieCommand command) {
      if (command instanceof SessionCookieCommand.Set set) {
        return set.cookieValue().reveal();
      }
      throw new IllegalStateException("expected a cookie, got " + command);
    }

    private void request(User user) {
      Instant now = clock.instant();
      boolean last = !now.isBefore(user.until);
      if (last && !user.logsOut) {
        return;
      }
      Session<D> session = store.load(user.cookie);
      if (session.isNew()) {
        // It was as old as it may become.
        return;
      }
      user.requests++;
      if (last) {
        session.delete();
        logouts++;
      } else if (user.requests == 1) {
        session.update(data.login);
      } else if (user.requests % (READS_FOR_A_CHANGE + 1) == 0) {
        session.update(data.change);
      } else if (mix.rotates && !now.isBefore(user.rotated.plus(Duration.ofMinutes(15)))) {
        session.rotateId();
      } else {
        session.data();
      }
      if (store.store(session) instanceof SessionCookieCommand.Set set && !last) {
        SessionCookieValue value = set.cookieValue();
        if (!value.reveal().equals(user.cookie)) {
          remaps++;
          user.rotated = now;
          user.cookie = value.reveal();
        }
      }
      if (!last) {
        user.next = now.plus(BETWEEN_REQUESTS);
        users.add(user);
      }
    }

    private void count(long[] sums) {
      for (String text : cache.values()) {
        StoredEntry entry = EntryFormat.decode(text);
        sums[entry instanceof StoredEntry.Live ? 0 : entry instanceof StoredEntry.Moved ? 1 : 2]++;
      }
    }

    private Figure figure(long[] sums) {
      double live = (double) sums[0] / HOURS;
      double moved = (double) sums[1] / HOURS;
      double ended = (double) sums[2] / HOURS;
      users.clear();
      long with = Heap.live();
      long tombstones = removeTombstones();
      long without = Heap.live();
      return new Figure(
          mix,
          (double) remaps / HOURS,
          mix.absoluteLifetime,
          live,
          moved,
          (double) logouts / HOURS,
          ended,
          (double) (with - without) / tombstones);
    }

    private long removeTombstones() {
      List<String> keys = new ArrayList<>();
      cache.forEach(
          (key, text) -> {
            if (!(EntryFormat.decode(text) instanceof StoredEntry.Live)) {
              keys.add(key);
            }
          });
      keys.forEach(cache::remove);
      return keys.size();
    }
  }
}
