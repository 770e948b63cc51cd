package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.api.CacheContainerAdmin;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.cache.HashConfiguration;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.distribution.ch.KeyPartitioner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.spi.Placement;
import org.typedsession.testkit.Seed;

final class SegmentPlacementTest {
  private static final String NAMESPACE = "überall/";
  private static final int SESSIONS = 50;
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final SessionId ELSEWHERE = SessionId.of("Az0", "f".repeat(64));

  private static Members members;

  private final RandomSessionCookieGenerator cookies =
      new RandomSessionCookieGenerator(Seed.random());

  private static String key(SessionId id) {
    return NAMESPACE + id.stored();
  }

  private static ConfigurationBuilder standard() {
    return new ConfigurationBuilder().read(Members.Mode.PLAIN.configuration(true));
  }

  @BeforeAll
  static void start() {
    members = Members.clustered(Members.Mode.PLAIN, 2);
  }

  @AfterAll
  static void stop() {
    members.close();
  }

  /** A cache of both members, and its part on the first. */
  private static AdvancedCache<String, String> cache(String name, Configuration configuration) {
    List<AdvancedCache<String, String>> parts =
        Stream.of(members.first(), members.last())
            .map(each -> each.cache().getCacheManager())
            .map(
                manager ->
                    manager
                        .administration()
                        .withFlags(CacheContainerAdmin.AdminFlag.VOLATILE)
                        .<String, String>getOrCreateCache(name, configuration)
                        .getAdvancedCache())
            .toList();
    Awaitility.await("both members have " + name)
        .until(
            () ->
                parts.stream()
                    .map(SegmentPlacementTest::topology)
                    .allMatch(
                        topology ->
                            topology.getMembers().size() == 2 && topology.getPendingCH() == null));
    return parts.get(0);
  }

  private void assertPlaced(AdvancedCache<String, String> cache) {
    SegmentPlacement placement = new SegmentPlacement(cache, SegmentPlacementTest::key);
    Set<Integer> segments = new HashSet<>();
    for (int i = 0; i < SESSIONS; i++) {
      SessionId begun = cookies.next(placement.placement(null)).id();
      SessionId successor = cookies.next(placement.placement(begun)).id();

      int segment = segment(cache, begun);
      segments.add(segment);
      assertThat(segment(cache, successor)).isEqualTo(segment);
      assertThat(topology(cache).getSegmentDistribution(segment).isPrimary()).isTrue();
    }
    assertThat(segments).hasSizeGreaterThan(10);
  }

  private static LocalizedCacheTopology topology(AdvancedCache<String, String> cache) {
    return cache.getDistributionManager().getCacheTopology();
  }

  private static int segment(AdvancedCache<String, String> cache, SessionId id) {
    return topology(cache).getSegment(cache.getKeyDataConversion().toStorage(key(id)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        MediaType.APPLICATION_OBJECT_TYPE,
        MediaType.APPLICATION_PROTOSTREAM_TYPE,
        MediaType.TEXT_PLAIN_TYPE
      })
  void placement_keysInEachForm_isWhereItIsCheapest(String keys) {
    ConfigurationBuilder builder = standard();
    builder.encoding().key().mediaType(keys);
    builder.encoding().value().mediaType(keys);

    assertPlaced(cache(keys, builder.build()));
  }

  static List<KeyPartitioner> partitioners() {
    return List.of(new ByHashCode(), new ByText());
  }

  /** What the bytes of a key say holds for the partitioner of Infinispan alone. */
  @ParameterizedTest
  @MethodSource("partitioners")
  void placement_partitionerOfAnotherKind_isWhereItIsCheapest(KeyPartitioner partitioner) {
    ConfigurationBuilder builder = standard();
    builder.clustering().hash().keyPartitioner(partitioner);

    assertPlaced(cache(partitioner.getClass().getSimpleName(), builder.build()));
  }

  /** Public, since Infinispan makes one. It takes texts only. */
  public static final class ByText implements KeyPartitioner {
    private final ByHashCode byHashCode = new ByHashCode();

    @Override
    public void init(HashConfiguration configuration) {
      byHashCode.init(configuration);
    }

    @Override
    public int getSegment(Object key) {
      return byHashCode.getSegment(((String) key).concat("!"));
    }
  }

  /** Public, since Infinispan makes one. */
  public static final class ByHashCode implements KeyPartitioner {
    private int segments;

    @Override
    public void init(HashConfiguration configuration) {
      segments = configuration.numSegments();
    }

    @Override
    public int getSegment(Object key) {
      return Math.floorMod(key.hashCode(), segments);
    }
  }

  @Test
  void placement_nowhereToBeFound_isWhereTheSearchBegan() {
    ConfigurationBuilder builder = standard();
    builder.clustering().hash().keyPartitioner(new OneAlone());
    SegmentPlacement placement =
        new SegmentPlacement(cache("alone", builder.build()), SegmentPlacementTest::key);

    assertThat(placement.placement(ELSEWHERE).nonce(HASH, 4711)).isEqualTo(4711);
  }

  /** Public, since Infinispan makes one. */
  public static final class OneAlone implements KeyPartitioner {
    @Override
    public int getSegment(Object key) {
      return key.equals(key(ELSEWHERE)) ? 1 : 0;
    }
  }

  @Test
  void placement_cacheOfOneProcess_isAnywhere() {
    try (Members local = Members.local(Members.Mode.PLAIN)) {
      SegmentPlacement placement =
          new SegmentPlacement(local.first().cache(), SegmentPlacementTest::key);

      assertThat(placement.placement(null)).isSameAs(Placement.ANYWHERE);
    }
  }
}
