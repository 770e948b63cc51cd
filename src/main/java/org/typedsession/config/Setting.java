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

/**
 * Everything that can be set, in the order in which it is applied: a setting may lean on those
 * before it.
 *
 * <p>Each value is applied to the configuration by itself, so that whatever the configuration's
 * records refuse is known to be that value's fault; no rule is written down twice.
 */
enum Setting {
  STORE("store", (c, text) -> own(c, b -> b.store(choice(Store.class, text)))),
  CODEC("codec", (c, text) -> own(c, b -> b.codec(choice(Codec.class, text)))),
  SEALED("sealed", (c, text) -> own(c, b -> b.sealed(truth(text)))),
  NAMESPACE("namespace", (c, text) -> own(c, b -> b.namespace(text))),
  TIME_TO_LIVE("time-to-live", (c, text) -> policy(c, p -> p.timeToLive(durationOrNever(text)))),
  RENEW_BELOW("renew-below", (c, text) -> policy(c, p -> p.renewal(renewal(c.policy(), text)))),
  ABSOLUTE_LIFETIME(
      "absolute-lifetime", (c, text) -> policy(c, p -> p.absoluteLifetime(durationOrNever(text)))),
  MAXIMUM_RERUNS("maximum-reruns", (c, text) -> policy(c, p -> p.maximumReruns(number(text)))),
  OVERTAKEN("overtaken", (c, text) -> policy(c, p -> p.overtaken(duration(text)))),
  REPLAY_AFTER("replay-after", (c, text) -> policy(c, p -> p.replayAfter(duration(text)))),
  REPLAY(
      "replay",
      (c, text) -> policy(c, p -> p.endReplayed(choice(Replay.class, text) == Replay.END))),
  SESSIONS_PER_PRINCIPAL(
      "sessions-per-principal", (c, text) -> policy(c, p -> p.limit(limit(c.policy(), text)))),
  WHEN_LIMIT_REACHED(
      "when-limit-reached", (c, text) -> policy(c, p -> p.limit(whenReached(c.policy(), text)))),
  ENDED_TOMBSTONE("ended-tombstone", (c, text) -> own(c, b -> b.endedTombstone(duration(text)))),
  MAXIMUM_SESSIONS(
      "maximum-sessions",
      (c, text) -> own(c, b -> b.limits(new StoreLimits(atMost(text), c.limits().rotations())))),
  MAXIMUM_ROTATIONS(
      "maximum-rotations",
      (c, text) -> own(c, b -> b.limits(new StoreLimits(c.limits().sessions(), atMost(text))))),
  COOKIE_NAME("cookie.name", (c, text) -> cookie(c, k -> k.name(text))),
  COOKIE_PATH("cookie.path", (c, text) -> cookie(c, k -> k.path(text))),
  COOKIE_DOMAIN("cookie.domain", (c, text) -> cookie(c, k -> k.domain(text))),
  COOKIE_SECURE("cookie.secure", (c, text) -> cookie(c, k -> k.secure(truth(text)))),
  COOKIE_SAME_SITE(
      "cookie.same-site", (c, text) -> cookie(c, k -> k.sameSite(choice(SameSite.class, text)))),
  COOKIE_PARTITIONED("cookie.partitioned", (c, text) -> cookie(c, k -> k.partitioned(truth(text)))),
  COOKIE_OVER_HTTP(
      "cookie.over-http", (c, text) -> cookie(c, k -> k.overHttp(choice(OverHttp.class, text)))),
  COOKIE_PERSISTENT(
      "cookie.persistent", (c, text) -> policy(c, p -> p.persistentCookie(truth(text)))),
  INFINISPAN_CONTAINER("infinispan.container", (c, text) -> infinispan(c, i -> i.container(text))),
  INFINISPAN_CACHE("infinispan.cache", (c, text) -> infinispan(c, i -> i.cache(text))),
  INFINISPAN_WHEN_SPLIT(
      "infinispan.when-split",
      (c, text) -> infinispan(c, i -> i.whenSplit(choice(WhenSplit.class, text)))),
  INFINISPAN_PESSIMISTIC_TRANSACTIONS(
      "infinispan.pessimistic-transactions",
      (c, text) ->
          infinispan(
              c, i -> i.pessimisticTransactions(choice(PessimisticTransactions.class, text)))),
  INFINISPAN_CLUSTER_NAME(
      "infinispan.cluster-name", (c, text) -> infinispan(c, i -> i.clusterName(text))),
  INFINISPAN_BIND_ADDRESS(
      "infinispan.bind-address", (c, text) -> infinispan(c, i -> i.bindAddress(text))),
  INFINISPAN_BIND_PORT(
      "infinispan.bind-port", (c, text) -> infinispan(c, i -> i.bindPort(number(text)))),
  INFINISPAN_INITIAL_HOSTS(
      "infinispan.initial-hosts",
      (c, text) -> infinispan(c, i -> i.initialHosts(List.of(text.split("\\s*,\\s*"))))),
  INFINISPAN_DNS_QUERY("infinispan.dns-query", (c, text) -> infinispan(c, i -> i.dnsQuery(text))),
  INFINISPAN_JGROUPS_FILE(
      "infinispan.jgroups-file", (c, text) -> infinispan(c, i -> i.jgroupsFile(text))),
  INFINISPAN_CLUSTER_SIZE(
      "infinispan.cluster-size", (c, text) -> infinispan(c, i -> i.clusterSize(number(text))));

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

  private static TypedSessionConfiguration own(
      TypedSessionConfiguration c, UnaryOperator<TypedSessionConfiguration.Builder> change) {
    return change.apply(c.toBuilder()).build();
  }

  private static TypedSessionConfiguration policy(
      TypedSessionConfiguration c, UnaryOperator<SessionPolicy.Builder> change) {
    return own(c, b -> b.policy(change.apply(c.policy().toBuilder()).build()));
  }

  private static TypedSessionConfiguration cookie(
      TypedSessionConfiguration c, UnaryOperator<SessionCookieConfiguration.Builder> change) {
    return own(c, b -> b.cookie(change.apply(c.cookie().toBuilder()).build()));
  }

  private static TypedSessionConfiguration infinispan(
      TypedSessionConfiguration c, UnaryOperator<InfinispanConfiguration.Builder> change) {
    return own(c, b -> b.infinispan(change.apply(c.infinispan().toBuilder()).build()));
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
