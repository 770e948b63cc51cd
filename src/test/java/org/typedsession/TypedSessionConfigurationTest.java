package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.SessionCookieConfiguration.OverHttp;
import org.typedsession.SessionCookieConfiguration.SameSite;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.TypedSessionConfiguration.Codec;
import org.typedsession.TypedSessionConfiguration.Store;

/** The builders, of all records that a configuration has. */
final class TypedSessionConfigurationTest {
  private static final TypedSessionConfiguration FULL =
      TypedSessionConfiguration.builder()
          .store(Store.INFINISPAN)
          .codec(Codec.JSON)
          .sealed(true)
          .namespace("shop")
          .policy(
              SessionPolicy.builder()
                  .timeToLive(Duration.ofHours(2))
                  .renewal(
                      new SessionRenewalStrategy.Automatic(
                          Duration.ofHours(2), Duration.ofMinutes(5)))
                  .absoluteLifetime(Duration.ofDays(1))
                  .maximumReruns(3)
                  .overtaken(Duration.ofSeconds(5))
                  .replayAfter(Duration.ofMinutes(2))
                  .endReplayed(true)
                  .persistentCookie(true)
                  .limit(new SessionLimit(3, WhenReached.REFUSE))
                  .build())
          .endedTombstone(Duration.ofHours(1))
          .limits(StoreLimits.NONE)
          .cookie(
              SessionCookieConfiguration.builder()
                  .name("shop")
                  .path("/shop")
                  .domain("acme.com")
                  .secure(false)
                  .sameSite(SameSite.STRICT)
                  .partitioned(true)
                  .overHttp(OverHttp.IGNORE)
                  .build())
          .infinispan(
              InfinispanConfiguration.builder()
                  .container("java:global/ispn")
                  .cache("carts")
                  .whenSplit(WhenSplit.SERVE)
                  .pessimisticTransactions(PessimisticTransactions.MAY_FORK)
                  .clusterName("shops")
                  .bindAddress("10.0.0.1")
                  .bindPort(7900)
                  .initialHosts(List.of("a[7800]"))
                  .jgroupsFile("jgroups.xml")
                  .clusterSize(3)
                  .build())
          .build();

  /** The values of the components of {@code records} that are equal in both. */
  private static Stream<String> equalComponents(Record one, Record other)
      throws ReflectiveOperationException {
    Stream.Builder<String> equal = Stream.builder();
    for (RecordComponent component : one.getClass().getRecordComponents()) {
      if (component.getAccessor().invoke(one).equals(component.getAccessor().invoke(other))) {
        equal.add(component.getName());
      }
    }
    return equal.build();
  }

  // A component that a builder forgets keeps its default.
  @Test
  void builder_ofEachRecord_setsEveryComponent() throws ReflectiveOperationException {
    TypedSessionConfiguration usual = TypedSessionConfiguration.DEFAULT;

    assertThat(equalComponents(FULL, usual)).isEmpty();
    assertThat(equalComponents(FULL.policy(), usual.policy())).isEmpty();
    assertThat(equalComponents(FULL.cookie(), usual.cookie())).isEmpty();
    // It excludes initialHosts.
    assertThat(equalComponents(FULL.infinispan(), usual.infinispan())).containsExactly("dnsQuery");
  }

  @Test
  void toBuilder_ofEachRecord_beginsWithItsValues() {
    assertThat(FULL.toBuilder().build()).isEqualTo(FULL);
    assertThat(FULL.policy().toBuilder().build()).isEqualTo(FULL.policy());
    assertThat(FULL.cookie().toBuilder().build()).isEqualTo(FULL.cookie());
    assertThat(FULL.infinispan().toBuilder().build()).isEqualTo(FULL.infinispan());
  }

  @Test
  void builder_ofEachRecord_takesOptionalValuesAway() {
    assertThat(FULL.toBuilder().namespace(Optional.empty()).build().namespace()).isEmpty();
    assertThat(
            FULL.policy().toBuilder()
                .absoluteLifetime(Optional.empty())
                .limit(Optional.empty())
                .build())
        .satisfies(
            policy -> assertThat(policy.absoluteLifetime()).isEmpty(),
            policy -> assertThat(policy.limit()).isEmpty());
    assertThat(FULL.cookie().toBuilder().name(Optional.empty()).domain(Optional.empty()).build())
        .satisfies(
            cookie -> assertThat(cookie.name()).isEmpty(),
            cookie -> assertThat(cookie.domain()).isEmpty());
    assertThat(
            FULL.infinispan().toBuilder()
                .container(Optional.empty())
                .dnsQuery(Optional.empty())
                .jgroupsFile(Optional.empty())
                .clusterSize(OptionalInt.empty())
                .build())
        .satisfies(
            infinispan -> assertThat(infinispan.container()).isEmpty(),
            infinispan -> assertThat(infinispan.jgroupsFile()).isEmpty(),
            infinispan -> assertThat(infinispan.clusterSize()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "shop"})
  void path_thatBeginsWithNoSlash_isRefusedWithItsValue(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionCookieConfiguration.builder().path(path).build())
        .withMessage("path must begin with /, was '" + path + "'");
  }

  @Test
  void attribute_ofSameSite_isSpeltAsBrowsersDo() {
    assertThat(Arrays.stream(SameSite.values()).map(SameSite::attribute))
        .containsExactly("Lax", "Strict", "None");
  }
}
