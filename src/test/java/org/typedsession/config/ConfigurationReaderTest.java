package org.typedsession.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.InfinispanConfiguration;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionCookieConfiguration.OverHttp;
import org.typedsession.SessionCookieConfiguration.SameSite;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.StoreLimits;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.TypedSessionConfiguration.Codec;
import org.typedsession.TypedSessionConfiguration.Store;

final class ConfigurationReaderTest {
  private static final DataName CART = new DataName("Cart", "com.acme.Cart");
  private static final DataName USER = new DataName("User", "com.acme.User");

  private static ConfigurationReader.Reading reading(ConfigurationSource... sources) {
    return new ConfigurationReader(List.of(sources)).read(Set.of(CART));
  }

  private static TypedSessionConfiguration cart(ConfigurationSource... sources) {
    ConfigurationReader.Reading reading = reading(sources);
    assertThat(reading.problems()).isEmpty();
    return reading.configurations().get(CART);
  }

  private static TypedSessionConfiguration cart(String setting, String value) {
    return cart(MapSource.of("test", Map.of("typed-session." + setting, value)));
  }

  @Test
  void read_nothingSet_isTheDefault() {
    assertThat(cart()).isEqualTo(TypedSessionConfiguration.DEFAULT);
  }

  @Test
  void read_everythingSet_isWhatWasSaid() {
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("typed-session.store", "infinispan"),
            Map.entry("typed-session.codec", "json"),
            Map.entry("typed-session.sealed", "true"),
            Map.entry("typed-session.namespace", "shop"),
            Map.entry("typed-session.time-to-live", "PT2H"),
            Map.entry("typed-session.renew-below", "PT30M"),
            Map.entry("typed-session.absolute-lifetime", "never"),
            Map.entry("typed-session.maximum-reruns", "3"),
            Map.entry("typed-session.overtaken", "PT5S"),
            Map.entry("typed-session.replay-after", "PT2M"),
            Map.entry("typed-session.replay", "end"),
            Map.entry("typed-session.sessions-per-principal", "3"),
            Map.entry("typed-session.when-limit-reached", "refuse"),
            Map.entry("typed-session.ended-tombstone", "PT1H"),
            Map.entry("typed-session.maximum-sessions", "50000"),
            Map.entry("typed-session.maximum-rotations", "Unlimited"),
            Map.entry("typed-session.cookie.name", "shop"),
            Map.entry("typed-session.cookie.path", "/shop"),
            Map.entry("typed-session.cookie.domain", "acme.com"),
            Map.entry("typed-session.cookie.secure", "false"),
            Map.entry("typed-session.cookie.same-site", "Strict"),
            Map.entry("typed-session.cookie.partitioned", "true"),
            Map.entry("typed-session.cookie.over-http", "ignore"),
            Map.entry("typed-session.cookie.persistent", "true"),
            Map.entry("typed-session.infinispan.container", "java:global/ispn"),
            Map.entry("typed-session.infinispan.cache", "carts"),
            Map.entry("typed-session.infinispan.when-split", "serve"),
            Map.entry("typed-session.infinispan.pessimistic-transactions", "may-fork"),
            Map.entry("typed-session.infinispan.cluster-name", "shops"),
            Map.entry("typed-session.infinispan.bind-address", "10.0.0.1"),
            Map.entry("typed-session.infinispan.bind-port", "7900"),
            Map.entry("typed-session.infinispan.initial-hosts", "a[7800], b[7800]"),
            Map.entry("typed-session.infinispan.jgroups-file", "jgroups.xml"),
            Map.entry("typed-session.infinispan.cluster-size", "3"));

    // All but dns-query, which excludes initial-hosts.
    assertThat(values).hasSize(Setting.values().length - 1);
    assertThat(cart(MapSource.of("test", values)))
        .isEqualTo(
            new TypedSessionConfiguration(
                Store.INFINISPAN,
                Codec.JSON,
                true,
                Optional.of("shop"),
                new SessionPolicy(
                    Optional.of(Duration.ofHours(2)),
                    new SessionRenewalStrategy.Automatic(
                        Duration.ofHours(2), Duration.ofMinutes(30)),
                    Optional.empty(),
                    3,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(2),
                    true,
                    true,
                    Optional.of(new SessionLimit(3, WhenReached.REFUSE))),
                Duration.ofHours(1),
                new StoreLimits(OptionalInt.of(50_000), OptionalInt.empty()),
                new SessionCookieConfiguration(
                    Optional.of("shop"),
                    "/shop",
                    Optional.of("acme.com"),
                    false,
                    SameSite.STRICT,
                    true,
                    OverHttp.IGNORE),
                new InfinispanConfiguration(
                    Optional.of("java:global/ispn"),
                    "carts",
                    WhenSplit.SERVE,
                    PessimisticTransactions.MAY_FORK,
                    "shops",
                    "10.0.0.1",
                    7900,
                    List.of("a[7800]", "b[7800]"),
                    Optional.empty(),
                    Optional.of("jgroups.xml"),
                    OptionalInt.of(3))));
  }

  @Test
  void dnsQuery_alone_isTakenAsItIs() {
    assertThat(cart("infinispan.dns-query", "shop-nodes.default.svc").infinispan())
        .isEqualTo(InfinispanConfiguration.builder().dnsQuery("shop-nodes.default.svc").build());
  }

  @Test
  void dnsQuery_besideInitialHosts_isRefused() {
    Map<String, String> values =
        Map.of(
            "typed-session.infinispan.initial-hosts", "a[7800]",
            "typed-session.infinispan.dns-query", "shop-nodes");

    assertThat(reading(MapSource.of("test", values)).problems())
        .singleElement()
        .asString()
        .contains("typed-session.infinispan.dns-query=shop-nodes", "exclude each other");
  }

  @Test
  void timeToLive_alone_movesTheRenewal() {
    assertThat(cart("time-to-live", "PT3M").policy().renewal())
        .isEqualTo(
            new SessionRenewalStrategy.Automatic(Duration.ofMinutes(3), Duration.ofMinutes(2)));
  }

  /** The longest that NIST SP 800-63B-4 recommends for each level of assurance. */
  @ParameterizedTest
  @CsvSource({"P30D, P30D", "PT1H, PT24H", "PT15M, PT12H"})
  void timeouts_ofNist_canBeSaid(Duration idle, Duration absolute) {
    SessionPolicy policy =
        cart(MapSource.of(
                "test",
                Map.of(
                    "typed-session.time-to-live", idle.toString(),
                    "typed-session.absolute-lifetime", absolute.toString())))
            .policy();

    assertThat(policy.timeToLive()).contains(idle);
    assertThat(policy.absoluteLifetime()).contains(absolute);
  }

  @Test
  void timeToLive_never_renewsNothing() {
    SessionPolicy policy = cart("time-to-live", "never").policy();

    assertThat(policy.timeToLive()).isEmpty();
    assertThat(policy.renewal()).isEqualTo(SessionRenewalStrategy.Ignore.INSTANCE);
  }

  @Test
  void renewBelow_never_ignores() {
    assertThat(cart("renew-below", "never").policy().renewal())
        .isEqualTo(SessionRenewalStrategy.Ignore.INSTANCE);
  }

  @Test
  void value_inTwoSources_firstWins() {
    TypedSessionConfiguration configuration =
        cart(
            MapSource.of("first", Map.of("typed-session.namespace", "one")),
            MapSource.of("second", Map.of("typed-session.namespace", "two")));

    assertThat(configuration.namespace()).contains("one");
  }

  @Test
  void value_empty_countsAsNone() {
    TypedSessionConfiguration configuration =
        cart(
            MapSource.of("first", Map.of("typed-session.namespace", "  ")),
            MapSource.of("second", Map.of("typed-session.namespace", " two ")));

    assertThat(configuration.namespace()).contains("two");
  }

  @Test
  void value_ofTheType_winsOverGeneralOneOfEarlierSource() {
    TypedSessionConfiguration configuration =
        cart(
            MapSource.of("first", Map.of("typed-session.namespace", "general")),
            MapSource.of("second", Map.of("typed-session.Cart.namespace", "cart")));

    assertThat(configuration.namespace()).contains("cart");
  }

  @Test
  void value_ofTheFullName_winsOverTheSimpleOne() {
    TypedSessionConfiguration configuration =
        cart(
            MapSource.of(
                "test",
                Map.of(
                    "typed-session.Cart.namespace", "simple",
                    "typed-session.com.acme.Cart.namespace", "full")));

    assertThat(configuration.namespace()).contains("full");
  }

  @Test
  void value_ofOneType_leavesTheOtherAlone() {
    ConfigurationReader reader =
        new ConfigurationReader(
            List.of(MapSource.of("test", Map.of("typed-session.Cart.namespace", "cart"))));

    ConfigurationReader.Reading reading = reader.read(Set.of(CART, USER));

    assertThat(reading.problems()).isEmpty();
    assertThat(reading.configurations().get(USER)).isEqualTo(TypedSessionConfiguration.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "store, disk, 'one of auto, memory, infinispan'",
    "codec, xml, 'one of auto, json, protostream'",
    "time-to-live, 30, ISO-8601",
    "time-to-live, PT0S, positive",
    "time-to-live, -PT1S, positive",
    "time-to-live, P36501D, 100 years",
    "time-to-live, PT9999999999999999999H, ISO-8601",
    "renew-below, PT31M, at most timeToLive",
    "renew-below, PT0S, positive",
    "absolute-lifetime, PT0S, positive",
    "maximum-reruns, many, whole number",
    "maximum-reruns, -1, 0 or more",
    "maximum-reruns, 99999999999, whole number",
    "overtaken, -PT1S, zero or more",
    "overtaken, never, ISO-8601",
    "replay-after, PT2S, not be less than overtaken",
    "replay, ignore, 'one of report, end'",
    "ended-tombstone, PT0S, positive",
    "cookie.path, shop, begin with /",
    "cookie.secure, yes, true or false",
    "cookie.same-site, relaxed, 'one of lax, strict, none'",
    "cookie.partitioned, 1, true or false",
    "cookie.over-http, refuse, 'one of accept, ignore'",
    "cookie.persistent, on, true or false",
    "infinispan.container, ldap://evil/x, java:",
    "infinispan.when-split, hope, 'one of refuse, serve'",
    "infinispan.pessimistic-transactions, true, 'one of refuse, may-fork'",
    "infinispan.bind-port, 0, 1 to 65535",
    "infinispan.bind-port, http, whole number",
    "infinispan.initial-hosts, a:7800, 'node1[7800]'",
    "infinispan.initial-hosts, 'a[7800],,b[7800]', 'node1[7800]'",
    "infinispan.dns-query, 'shop-nodes[7800]', without a port",
    "infinispan.dns-query, 'shop-nodes,others', one DNS name",
  })
  void value_refused_isReportedWithKeyValueSourceAndReason(
      String setting, String value, String reason) {
    ConfigurationReader.Reading reading =
        reading(MapSource.of("the test", Map.of("typed-session." + setting, value)));

    assertThat(reading.problems())
        .singleElement()
        .asString()
        .startsWith(
            "TSESS0030: typed-session.%s=%s (the test) is refused: ".formatted(setting, value))
        .contains(reason);
  }

  @Test
  void namespace_tooLong_isRefused() {
    assertThat(
            reading(MapSource.of("test", Map.of("typed-session.namespace", "x".repeat(201))))
                .problems())
        .singleElement()
        .asString()
        .contains("at most 200 characters");
  }

  @Test
  void renewBelow_withoutTimeToLive_isRefused() {
    Map<String, String> values =
        Map.of("typed-session.time-to-live", "never", "typed-session.renew-below", "PT1M");

    assertThat(reading(MapSource.of("test", values)).problems())
        .singleElement()
        .asString()
        .contains("typed-session.renew-below=PT1M", "time-to-live is never");
  }

  @Test
  void values_severalRefused_areAllReported() {
    Map<String, String> values =
        Map.of(
            "typed-session.store", "disk",
            "typed-session.overtaken", "soon",
            "typed-session.Cart.codec", "xml",
            "typed-session.coockie.name", "x");

    assertThat(reading(MapSource.of("test", values)).problems())
        .hasSize(4)
        .anySatisfy(text -> assertThat(text).contains("typed-session.store"))
        .anySatisfy(text -> assertThat(text).contains("typed-session.overtaken"))
        .anySatisfy(text -> assertThat(text).contains("typed-session.Cart.codec"))
        .anySatisfy(text -> assertThat(text).contains("typed-session.coockie.name"));
  }

  @Test
  void value_refusedForTwoTypes_isReportedOnce() {
    ConfigurationReader reader =
        new ConfigurationReader(
            List.of(MapSource.of("test", Map.of("typed-session.store", "disk"))));

    assertThat(reader.read(Set.of(CART, USER)).problems()).hasSize(1);
  }

  @Test
  void key_misspelt_isReportedWithTheNearest() {
    assertThat(
            reading(MapSource.of("file", Map.of("typed-session.time-to-life", "PT1H"))).problems())
        .containsExactly(
            "TSESS0031: typed-session.time-to-life (file) is no setting; did you mean"
                + " typed-session.time-to-live?");
  }

  @Test
  void key_misspeltType_isReportedWithTheNearest() {
    assertThat(
            reading(MapSource.of("file", Map.of("typed-session.Crat.store", "memory"))).problems())
        .containsExactly(
            "TSESS0031: typed-session.Crat.store (file) is no setting; did you mean"
                + " typed-session.Cart.store?");
  }

  @Test
  void key_likeNoOther_isReportedWithoutHint() {
    assertThat(reading(MapSource.of("file", Map.of("typed-session.zzzzzzzzzzzz", "x"))).problems())
        .containsExactly("TSESS0031: typed-session.zzzzzzzzzzzz (file) is no setting");
  }

  @Test
  void key_ofAnotherApplicationsType_isAcceptedInSharedSources() {
    Map<String, String> values =
        Map.of(
            "typed-session.Order.time-to-live", "PT1H",
            "typed-session.com.other.Order.cookie.name", "order",
            "typed-session.Order.time-to-life", "PT1H");

    assertThat(reading(new MapSource("system property", values, true)).problems())
        .singleElement()
        .asString()
        .contains("typed-session.Order.time-to-life");
  }

  @Test
  void key_withoutThePrefix_isReportedWithTheOneThatHasIt() {
    assertThat(
            reading(MapSource.of("file", Map.of("cookie.same-site", "strict", "cooky.name", "x")))
                .problems())
        .containsExactly(
            "TSESS0031: cookie.same-site (file) is no setting; did you mean"
                + " typed-session.cookie.same-site?",
            "TSESS0031: cooky.name (file) is no setting; did you mean typed-session.cookie.name?");
  }

  @Test
  void variable_misspelt_isReportedWithTheNearest() {
    assertThat(
            reading(
                    ConfigurationSources.environment(
                        Map.of(
                            "TYPED_SESSION_TIMETOLIVE", "PT1H",
                            "TYPED_SESSION_CART_COOKIE_NAMES", "x",
                            "PATH", "/bin")))
                .problems())
        .containsExactly(
            "TSESS0031: TYPED_SESSION_CART_COOKIE_NAMES (environment variable) is no setting; did"
                + " you mean TYPED_SESSION_CART_COOKIE_NAME?",
            "TSESS0031: TYPED_SESSION_TIMETOLIVE (environment variable) is no setting; did you mean"
                + " TYPED_SESSION_TIME_TO_LIVE?");
  }

  @Test
  void variable_ofAnotherApplicationsType_isAccepted() {
    assertThat(
            reading(
                    ConfigurationSources.environment(
                        Map.of(
                            "TYPED_SESSION_ORDER_TIME_TO_LIVE", "PT1H",
                            "TYPED_SESSION_COM_OTHER_ORDER_COOKIE_NAME", "order",
                            "TYPED_SESSION_STORE", "memory")))
                .problems())
        .isEmpty();
  }

  @Test
  void source_thatFails_isReported() {
    ConfigurationSource failing =
        new ConfigurationSource() {
          @Override
          public String name() {
            return "vault";
          }

          @Override
          public Optional<Value> find(String key) {
            if (key.equals("typed-session.store")) {
              throw new IllegalStateException("no such secret");
            }
            return Optional.empty();
          }

          @Override
          public Set<String> keys() {
            return Set.of();
          }

          @Override
          public boolean isShared() {
            return true;
          }
        };

    assertThat(reading(failing).problems())
        .containsExactly("TSESS0032: typed-session.store (vault) cannot be read: no such secret");
  }
}
