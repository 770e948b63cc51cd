package org.typedsession.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.TypedSessionConfiguration.Codec;
import org.typedsession.TypedSessionConfiguration.Cookie;
import org.typedsession.TypedSessionConfiguration.Infinispan;
import org.typedsession.TypedSessionConfiguration.OverHttp;
import org.typedsession.TypedSessionConfiguration.PessimisticTransactions;
import org.typedsession.TypedSessionConfiguration.SameSite;
import org.typedsession.TypedSessionConfiguration.Store;
import org.typedsession.TypedSessionConfiguration.WhenSplit;

/**
 * Everything that can be set, in the order in which it is applied: a setting may lean on those
 * before it.
 *
 * <p>Each value is applied to the configuration by itself, so that whatever the configuration's
 * records refuse is known to be that value's fault; no rule is written down twice.
 */
enum Setting {
  STORE("store", (c, text) -> c.withStore(choice(Store.class, text))),
  CODEC("codec", (c, text) -> c.withCodec(choice(Codec.class, text))),
  SEALED("sealed", (c, text) -> c.withSealed(truth(text))),
  NAMESPACE("namespace", (c, text) -> c.withNamespace(Optional.of(text))),
  TIME_TO_LIVE(
      "time-to-live", (c, text) -> policy(c, p -> p.withTimeToLive(durationOrNever(text)))),
  RENEW_BELOW("renew-below", (c, text) -> policy(c, p -> p.withRenewal(renewal(p, text)))),
  ABSOLUTE_LIFETIME(
      "absolute-lifetime",
      (c, text) -> policy(c, p -> p.withAbsoluteLifetime(durationOrNever(text)))),
  MAXIMUM_RERUNS("maximum-reruns", (c, text) -> policy(c, p -> p.withMaximumReruns(number(text)))),
  OVERTAKEN("overtaken", (c, text) -> policy(c, p -> p.withOvertaken(duration(text)))),
  REPLAY_AFTER("replay-after", (c, text) -> policy(c, p -> p.withReplayAfter(duration(text)))),
  REPLAY(
      "replay",
      (c, text) -> policy(c, p -> p.withEndReplayed(choice(Replay.class, text) == Replay.END))),
  SESSIONS_PER_PRINCIPAL(
      "sessions-per-principal", (c, text) -> policy(c, p -> p.withLimit(limit(p, text)))),
  WHEN_LIMIT_REACHED(
      "when-limit-reached", (c, text) -> policy(c, p -> p.withLimit(whenReached(p, text)))),
  ENDED_TOMBSTONE("ended-tombstone", (c, text) -> c.withEndedTombstone(duration(text))),
  MAXIMUM_SESSIONS(
      "maximum-sessions", (c, text) -> c.withLimits(c.limits().withSessions(atMost(text)))),
  MAXIMUM_ROTATIONS(
      "maximum-rotations", (c, text) -> c.withLimits(c.limits().withRotations(atMost(text)))),
  COOKIE_NAME("cookie.name", (c, text) -> cookie(c, k -> k.withName(Optional.of(text)))),
  COOKIE_PATH("cookie.path", (c, text) -> cookie(c, k -> k.withPath(text))),
  COOKIE_DOMAIN("cookie.domain", (c, text) -> cookie(c, k -> k.withDomain(Optional.of(text)))),
  COOKIE_SECURE("cookie.secure", (c, text) -> cookie(c, k -> k.withSecure(truth(text)))),
  COOKIE_SAME_SITE(
      "cookie.same-site",
      (c, text) -> cookie(c, k -> k.withSameSite(choice(SameSite.class, text)))),
  COOKIE_PARTITIONED(
      "cookie.partitioned", (c, text) -> cookie(c, k -> k.withPartitioned(truth(text)))),
  COOKIE_OVER_HTTP(
      "cookie.over-http",
      (c, text) -> cookie(c, k -> k.withOverHttp(choice(OverHttp.class, text)))),
  COOKIE_PERSISTENT(
      "cookie.persistent", (c, text) -> policy(c, p -> p.withPersistentCookie(truth(text)))),
  INFINISPAN_CONTAINER(
      "infinispan.container", (c, text) -> infinispan(c, i -> i.withContainer(Optional.of(text)))),
  INFINISPAN_CACHE("infinispan.cache", (c, text) -> infinispan(c, i -> i.withCache(text))),
  INFINISPAN_WHEN_SPLIT(
      "infinispan.when-split",
      (c, text) -> infinispan(c, i -> i.withWhenSplit(choice(WhenSplit.class, text)))),
  INFINISPAN_PESSIMISTIC_TRANSACTIONS(
      "infinispan.pessimistic-transactions",
      (c, text) ->
          infinispan(
              c, i -> i.withPessimisticTransactions(choice(PessimisticTransactions.class, text)))),
  INFINISPAN_CLUSTER_NAME(
      "infinispan.cluster-name", (c, text) -> infinispan(c, i -> i.withClusterName(text))),
  INFINISPAN_BIND_ADDRESS(
      "infinispan.bind-address", (c, text) -> infinispan(c, i -> i.withBindAddress(text))),
  INFINISPAN_BIND_PORT(
      "infinispan.bind-port", (c, text) -> infinispan(c, i -> i.withBindPort(number(text)))),
  INFINISPAN_INITIAL_HOSTS(
      "infinispan.initial-hosts",
      (c, text) -> infinispan(c, i -> i.withInitialHosts(List.of(text.split("\\s*,\\s*"))))),
  INFINISPAN_DNS_QUERY(
      "infinispan.dns-query", (c, text) -> infinispan(c, i -> i.withDnsQuery(Optional.of(text)))),
  INFINISPAN_JGROUPS_FILE(
      "infinispan.jgroups-file",
      (c, text) -> infinispan(c, i -> i.withJgroupsFile(Optional.of(text)))),
  INFINISPAN_CLUSTER_SIZE(
      "infinispan.cluster-size",
      (c, text) -> infinispan(c, i -> i.withClusterSize(OptionalInt.of(number(text)))));

  private enum Replay {
    REPORT,
    END
  }

  private static final String NEVER = "never";
  private static final String UNLIMITED = "unlimited";

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // Every one of them is a lambda that captures nothing.
  private final BiFunction<TypedSessionConfiguration, String, TypedSessionConfiguration> change;

  Setting(
      String key, BiFunction<TypedSessionConfiguration, String, TypedSessionConfiguration> change) {
    this.key = key;
    this.change = change;
  }

  /**
   * The key behind {@link ConfigurationSource#PREFIX} and, where it is for one type, behind that
   * type's name.
   */
  String key() {
    return key;
  }

  static boolean isKey(String text) {
    return Arrays.stream(values()).anyMatch(setting -> setting.key.equals(text));
  }

  /**
   * {@code configuration} with this setting set to {@code text}.
   *
   * @throws IllegalArgumentException if that is no value for it; the text says why
   */
  TypedSessionConfiguration apply(TypedSessionConfiguration configuration, String text) {
    return change.apply(configuration, text);
  }

  private static TypedSessionConfiguration policy(
      TypedSessionConfiguration c, UnaryOperator<SessionPolicy> change) {
    return c.withPolicy(change.apply(c.policy()));
  }

  private static TypedSessionConfiguration cookie(
      TypedSessionConfiguration c, UnaryOperator<Cookie> change) {
    return c.withCookie(change.apply(c.cookie()));
  }

  private static TypedSessionConfiguration infinispan(
      TypedSessionConfiguration c, UnaryOperator<Infinispan> change) {
    return c.withInfinispan(change.apply(c.infinispan()));
  }

  private static SessionRenewalStrategy renewal(SessionPolicy policy, String text) {
    Optional<Duration> renewBelow = durationOrNever(text);
    if (renewBelow.isEmpty()) {
      return SessionRenewalStrategy.Ignore.INSTANCE;
    }
    Duration timeToLive =
        policy
            .timeToLive()
            .orElseThrow(
                () -> new IllegalArgumentException("time-to-live is never: nothing to renew"));
    return new SessionRenewalStrategy.Automatic(timeToLive, renewBelow.get());
  }

  private static Optional<SessionLimit> limit(SessionPolicy policy, String text) {
    return text.equalsIgnoreCase(UNLIMITED)
        ? Optional.empty()
        : Optional.of(
            new SessionLimit(
                number(text),
                policy.limit().map(SessionLimit::whenReached).orElse(WhenReached.END_OLDEST)));
  }

  private static Optional<SessionLimit> whenReached(SessionPolicy policy, String text) {
    WhenReached choice = choice(WhenReached.class, text);
    return policy.limit().map(limit -> new SessionLimit(limit.sessions(), choice));
  }

  private static <E extends Enum<E>> E choice(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> spelling(constant).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(type.getEnumConstants())
                        .map(Setting::spelling)
                        .collect(Collectors.joining(", ", "must be one of ", ""))));
  }

  private static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  // Boolean.parseBoolean takes every misspelt "true" for false.
  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number", e);
    }
  }

  private static OptionalInt atMost(String text) {
    return text.equalsIgnoreCase(UNLIMITED) ? OptionalInt.empty() : OptionalInt.of(number(text));
  }

  private static Optional<Duration> durationOrNever(String text) {
    return text.equalsIgnoreCase(NEVER) ? Optional.empty() : Optional.of(duration(text));
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("must be an ISO-8601 duration, such as PT30M or P1D", e);
    }
  }
}
