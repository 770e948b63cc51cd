package org.typedsession.bench;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.parsing.ConfigurationBuilderHolder;
import org.infinispan.configuration.parsing.ParserRegistry;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.spring.common.provider.SpringCache;
import org.infinispan.spring.embedded.session.InfinispanEmbeddedSessionRepository;
import org.springframework.session.SessionRepository;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.core.BytesCodec;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.ModeOfCache;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;

/**
 * Some members in this JVM with everything that is compared: all caches in the same cache managers,
 * over the JGroups stack of the library on the loopback interface, and as many of Hazelcast.
 */
final class Environment implements AutoCloseable {
  private static final String NAMESPACE = "s/";
  // The one of cluster.xml that is given its members.
  private static final String STACK = "sessions";
  private static final int FIRST_PORT = 17_600;
  private static final int FIRST_HAZELCAST_PORT = 17_650;
  // More than all threads and than one thread remap in a slice.
  private static final int RAW_REMAPS = 24_000;
  private static final int RAW_REMAPS_OF_THREAD = 6_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final int members;
  private final List<EmbeddedCacheManager> managers = new ArrayList<>();
  private final Map<Contender, List<AdvancedCache<String, String>>> caches =
      new EnumMap<>(Contender.class);
  private final List<SessionCache> sessionCaches = new ArrayList<>();
  private final Map<Contender, List<DefaultSessionStore<Basket>>> stores =
      new EnumMap<>(Contender.class);
  private final Map<Contender, List<SessionStoreConnector<byte[]>>> connectors =
      new EnumMap<>(Contender.class);
  private final Map<Contender, List<SessionRepository<?>>> repositories =
      new EnumMap<>(Contender.class);
  private final Backends backends;
  private final List<HazelcastInstance> hazelcasts = new ArrayList<>();
  private final SecureRandom random = new SecureRandom();

  /** Without rivals that keep threads of their own busy. */
  Environment(int members) {
    this(members, Backends.none(), false);
  }

  /** With all rivals. */
  Environment(int members, Backends backends) {
    this(members, backends, true);
  }

  private Environment(int members, Backends backends, boolean hazelcast) {
    this.members = members;
    this.backends = backends;
    for (int i = 0; i < members; i++) {
      managers.add(members == 1 ? localManager() : clusteredManager(i));
    }
    for (Contender contender :
        List.of(Contender.PLAIN, Contender.PESSIMISTIC, Contender.OPTIMISTIC, Contender.RAW_PUT)) {
      caches.put(contender, cachesOf(contender));
    }
    for (Contender contender :
        List.of(Contender.RAW_REPLACE, Contender.RAW_REMAP, Contender.RAW_REMAP_AT_ONCE)) {
      caches.put(contender, caches.get(Contender.RAW_PUT));
    }
    for (Contender contender :
        List.of(Contender.PLAIN, Contender.PESSIMISTIC, Contender.OPTIMISTIC)) {
      stores.put(
          contender,
          caches.get(contender).stream().map(cache -> storeOver(contender, cache)).toList());
    }
    if (members == 1) {
      stores.put(Contender.MEMORY, List.of(storeInMemory()));
    }
    List<AdvancedCache<String, String>> springCaches = cachesOf(Contender.SPRING);
    caches.put(Contender.SPRING, springCaches);
    repositories.put(
        Contender.SPRING,
        springCaches.stream().<SessionRepository<?>>map(Environment::repository).toList());
    repositories.putAll(backends.repositories(members));
    if (hazelcast) {
      startHazelcast();
    }
    await(() -> managers.stream().allMatch(this::isWhole));
  }

  private static EmbeddedCacheManager localManager() {
    return new DefaultCacheManager(
        quiet(new GlobalConfigurationBuilder().nonClusteredDefault()).build(), true);
  }

  private EmbeddedCacheManager clusteredManager(int number) {
    Properties values = new Properties();
    values.setProperty("typed-session.container", "bench-" + number);
    values.setProperty("typed-session.stack", STACK);
    values.setProperty("typed-session.infinispan.cluster-name", "bench-" + members);
    values.setProperty("typed-session.infinispan.bind-address", "127.0.0.1");
    values.setProperty("typed-session.infinispan.bind-port", Integer.toString(FIRST_PORT + number));
    values.setProperty(
        "typed-session.infinispan.initial-hosts",
        IntStream.range(0, members)
            .mapToObj(i -> "127.0.0.1[%d]".formatted(FIRST_PORT + i))
            .collect(Collectors.joining(",")));
    ClassLoader loader = EmbeddedContainer.class.getClassLoader();
    try (InputStream xml =
        Objects.requireNonNull(EmbeddedContainer.class.getResourceAsStream("cluster.xml"))) {
      ConfigurationBuilderHolder holder =
          new ParserRegistry(loader, false, values).parse(xml, MediaType.APPLICATION_XML);
      quiet(holder.getGlobalConfigurationBuilder());
      return new DefaultCacheManager(holder, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GlobalConfigurationBuilder quiet(GlobalConfigurationBuilder global) {
    global.jmx().enabled(false);
    global.metrics().gauges(false).histograms(false);
    return global;
  }

  private List<AdvancedCache<String, String>> cachesOf(Contender contender) {
    ModeOfCache mode =
        switch (contender) {
          case PESSIMISTIC -> ModeOfCache.PESSIMISTIC;
          case OPTIMISTIC -> ModeOfCache.OPTIMISTIC;
          default -> ModeOfCache.PLAIN;
        };
    Configuration configuration = mode.configuration(members > 1);
    return managers.stream()
        .map(
            manager -> {
              manager.defineConfiguration(contender.name(), configuration);
              return manager.<String, String>getCache(contender.name()).getAdvancedCache();
            })
        .toList();
  }

  private DefaultSessionStore<Basket> storeOver(
      Contender contender, AdvancedCache<String, String> cache) {
    SessionCache sessionCache =
        SessionCache.of(
            cache, new AcceptedRisks(WhenSplit.REFUSE, PessimisticTransactions.MAY_FORK), members);
    sessionCaches.add(sessionCache);
    SessionCodec<Basket> codec = new JsonSessionCodec<>(Basket.class);
    SessionStoreConnector<byte[]> connector =
        new InfinispanSessionStoreConnector<>(
            sessionCache,
            NAMESPACE,
            new BytesCodec(codec.id()),
            InstantSource.system(),
            random,
            tombstones());
    connectors.computeIfAbsent(contender, any -> new ArrayList<>()).add(connector);
    return store(connector, codec);
  }

  private DefaultSessionStore<Basket> storeInMemory() {
    SessionCodec<Basket> codec = new JsonSessionCodec<>(Basket.class);
    return store(
        new MemorySessionStoreConnector<>(
            new BytesCodec(codec.id()),
            InstantSource.system(),
            () -> SessionHandle.random(random),
            tombstones()),
        codec);
  }

  private static TombstonePolicy tombstones() {
    return new TombstonePolicy(Duration.ofMinutes(15), Optional.of(Duration.ofHours(12)));
  }

  // As the extension puts it together: data is encoded once.
  private DefaultSessionStore<Basket> store(
      SessionStoreConnector<byte[]> connector, SessionCodec<Basket> codec) {
    return DefaultSessionStore.sealing(
        connector,
        false,
        random,
        new DefaultSessionStore.Rules<>(
            codec,
            PrivilegeRule.of(Basket.class),
            Basket::new,
            SessionPolicy.DEFAULT,
            new RandomSessionCookieGenerator(random),
            InstantSource.system(),
            new SplittableRandom(),
            event -> {}));
  }

  private static InfinispanEmbeddedSessionRepository repository(
      AdvancedCache<String, String> cache) {
    InfinispanEmbeddedSessionRepository repository =
        new InfinispanEmbeddedSessionRepository(new SpringCache(cache));
    repository.setApplicationEventPublisher(event -> {});
    repository.afterPropertiesSet();
    return repository;
  }

  private void startHazelcast() {
    for (int i = 0; i < members; i++) {
      Config config = new Config("bench-" + members);
      config.setClusterName("bench-" + members);
      config.setInstanceName("bench-%d-%d".formatted(members, i));
      config.setProperty("hazelcast.logging.type", "none");
      config.setProperty("hazelcast.phone.home.enabled", "false");
      config.setProperty("hazelcast.shutdownhook.enabled", "false");
      config.setProperty("hazelcast.socket.bind.any", "false");
      config
          .getNetworkConfig()
          .setPort(FIRST_HAZELCAST_PORT + i)
          .setPortAutoIncrement(false)
          .getInterfaces()
          .setEnabled(true)
          .addInterface("127.0.0.1");
      JoinConfig join = config.getNetworkConfig().getJoin();
      join.getAutoDetectionConfig().setEnabled(false);
      join.getMulticastConfig().setEnabled(false);
      join.getTcpIpConfig().setEnabled(true);
      for (int other = 0; other < members; other++) {
        join.getTcpIpConfig().addMember("127.0.0.1:" + (FIRST_HAZELCAST_PORT + other));
      }
      config.getMapConfig("sessions").setBackupCount(1);
      hazelcasts.add(Hazelcast.newHazelcastInstance(config));
    }
    await(
        () ->
            hazelcasts.stream()
                .allMatch(
                    each ->
                        each.getCluster().getMembers().size() == members
                            && each.getPartitionService().isClusterSafe()));
  }

  private boolean isWhole(EmbeddedCacheManager manager) {
    return members == 1
        || (manager.getMembers().size() == members
            && manager.getCacheNames().stream()
                .map(name -> manager.getCache(name).getAdvancedCache().getDistributionManager())
                .allMatch(
                    distribution ->
                        distribution.getCacheTopology().getMembers().size() == members
                            && distribution.getCacheTopology().getPendingCH() == null));
  }

  private static void await(BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException("the members did not find each other");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /**
   * What one thread does again and again in a cell, with sessions of its own.
   *
   * @param sessions how many it takes turns with
   */
  Supplier<?> operation(Contender contender, Cell cell, int sessions) {
    if (contender == Contender.RAW_REMAP || contender == Contender.RAW_REMAP_AT_ONCE) {
      return new RawRemapClient(
          caches.get(contender).get(0),
          key -> fits(caches.get(contender), key, cell.caller()),
          contender == Contender.RAW_REMAP_AT_ONCE,
          textsOfRemap(cell.bytes()),
          sessions,
          Math.min(RAW_REMAPS_OF_THREAD, RAW_REMAPS / cell.threads()));
    }
    Client client = client(contender, cell.caller(), cell.bytes(), sessions);
    return () -> client.run(cell.operation());
  }

  /**
   * New clients for one thread.
   *
   * @param caller which member they ask
   * @param bytes how large the value of a session is
   * @param sessions how many sessions they take turns with
   */
  Client client(Contender contender, Caller caller, int bytes, int sessions) {
    IntSupplier member =
        caller == Caller.RANDOM ? () -> ThreadLocalRandom.current().nextInt(members) : () -> 0;
    return switch (contender) {
      case PLAIN, PESSIMISTIC, OPTIMISTIC, MEMORY ->
          new TypedClient(
              stores.get(contender),
              caller == Caller.OTHER ? 1 : 0,
              member,
              (id, i) -> fits(caches.get(contender), NAMESPACE + id, caller),
              Basket.ofSize(bytes),
              sessions);
      case RAW_PUT, RAW_REPLACE ->
          new RawClient(
              caches.get(contender),
              member,
              (key, i) -> fits(caches.get(contender), key, caller),
              (key, at) -> isPrimary(caches.get(contender).get(at), key),
              contender == Contender.RAW_REPLACE,
              bytes,
              sessions);
      case RAW_REMAP, RAW_REMAP_AT_ONCE ->
          throw new IllegalArgumentException(contender.label + " is one operation and no client");
      case SPRING, SPRING_JDBC, SPRING_REDIS ->
          new SpringClient(
              repositories.get(contender),
              member,
              (id, i) -> caller != Caller.OTHER || fits(caches.get(contender), id, caller),
              bytes,
              sessions);
      case HAZELCAST -> hazelcastClient(caller, member, bytes, sessions);
    };
  }

  /** What the library stores of a session that was just remapped. */
  private RawRemapClient.Texts textsOfRemap(int bytes) {
    AdvancedCache<String, String> cache = caches.get(Contender.PLAIN).get(0);
    TypedClient session =
        new TypedClient(
            stores.get(Contender.PLAIN), 0, () -> 0, (id, i) -> true, Basket.ofSize(bytes), 1);
    String before = NAMESPACE + session.id();
    session.remap();
    return new RawRemapClient.Texts(
        Objects.requireNonNull(cache.get(NAMESPACE + session.id())),
        Objects.requireNonNull(cache.get(before)));
  }

  // Spring Session and Hazelcast put a session wherever its id falls, also with sticky routing.
  private Client hazelcastClient(Caller caller, IntSupplier member, int bytes, int sessions) {
    BiPredicate<String, Integer> fits =
        (key, i) ->
            caller != Caller.OTHER
                || !hazelcasts
                    .get(0)
                    .getPartitionService()
                    .getPartition(key)
                    .getOwner()
                    .localMember();
    List<IMap<String, String>> maps =
        hazelcasts.stream().map(each -> each.<String, String>getMap("sessions")).toList();
    return new HazelcastClient(maps, member, fits, (key, at) -> true, bytes, sessions);
  }

  private boolean fits(List<AdvancedCache<String, String>> ofContender, String key, Caller caller) {
    if (members == 1 || caller == Caller.RANDOM) {
      return true;
    }
    DistributionInfo distribution = distribution(ofContender.get(0), key);
    return caller == Caller.OTHER ? !distribution.isReadOwner() : distribution.isPrimary();
  }

  private static boolean isPrimary(AdvancedCache<String, String> cache, String key) {
    return cache.getDistributionManager() == null || distribution(cache, key).isPrimary();
  }

  private static DistributionInfo distribution(AdvancedCache<String, String> cache, String key) {
    DistributionManager manager = cache.getDistributionManager();
    return manager.getCacheTopology().getDistribution(cache.getKeyDataConversion().toStorage(key));
  }

  /** The first member's store of that contender. */
  DefaultSessionStore<Basket> store(Contender contender) {
    return Objects.requireNonNull(stores.get(contender), contender.label).get(0);
  }

  /** The first member's connector of that contender, which is one of Infinispan. */
  SessionStoreConnector<byte[]> connector(Contender contender) {
    return Objects.requireNonNull(connectors.get(contender), contender.label).get(0);
  }

  /** Forgets what a contender has stored. */
  void clear(Contender contender) {
    if (contender.isServer()) {
      backends.clear(contender);
    } else if (contender == Contender.HAZELCAST) {
      hazelcasts.get(0).getMap("sessions").clear();
    } else if (contender == Contender.MEMORY) {
      stores.put(Contender.MEMORY, List.of(storeInMemory()));
    } else {
      caches.getOrDefault(contender, Collections.emptyList()).stream()
          .limit(1)
          .forEach(AdvancedCache::clear);
    }
  }

  @Override
  public void close() {
    sessionCaches.forEach(SessionCache::close);
    managers.forEach(EmbeddedCacheManager::stop);
    hazelcasts.forEach(each -> each.getLifecycleService().terminate());
  }
}
