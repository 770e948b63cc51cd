package org.typedsession;

import static org.typedsession.Requirements.require;
import static org.typedsession.Requirements.requireText;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How one type of session is kept and carried.
 *
 * <p>Most applications need none: the defaults are meant to be right, and an operator overrides
 * them with settings such as {@code typed-session.time-to-live}. An application that decides in
 * code produces a CDI bean of this type, which then takes the place of all settings:
 *
 * <pre>{@code
 * @Produces
 * TypedSessionConfiguration sessions() {
 *   return TypedSessionConfiguration.builder()
 *       .policy(SessionPolicy.builder().timeToLive(Duration.ofHours(2)).build())
 *       .build();
 * }
 * }</pre>
 *
 * <p>Such a bean with the name of a type, as {@code @Named("Cart")}, is for that type alone.
 *
 * <p>Later versions may add components: {@link #builder()} keeps compiling then, the constructor
 * does not.
 *
 * @param store where sessions are kept
 * @param codec how data becomes bytes
 * @param sealed whether the data is sealed where it is kept, with a key that only the client's
 *     cookie gives
 * @param namespace tells this application's sessions from those of others in one cache; empty: the
 *     virtual server and the context path. Deployments that are to share sessions name the same one
 * @param policy lifetimes and the rules of races
 * @param endedTombstone how long an ended id is told from an unknown one; positive
 * @param limits how much the store may be made to keep
 * @param cookie how the client holds its secret
 * @param infinispan how to reach Infinispan, where that is the store
 */
public record TypedSessionConfiguration(
    Store store,
    Codec codec,
    boolean sealed,
    Optional<String> namespace,
    SessionPolicy policy,
    Duration endedTombstone,
    StoreLimits limits,
    SessionCookieConfiguration cookie,
    InfinispanConfiguration infinispan) {

  private static final int LONGEST_NAMESPACE = 200;
  private static final Duration LONGEST_TOMBSTONE = Duration.ofDays(36_500);

  /** What holds where nobody says otherwise. */
  public static final TypedSessionConfiguration DEFAULT =
      new TypedSessionConfiguration(
          Store.AUTO,
          Codec.AUTO,
          false,
          Optional.empty(),
          SessionPolicy.DEFAULT,
          Duration.ofMinutes(15),
          StoreLimits.DEFAULT,
          SessionCookieConfiguration.DEFAULT,
          InfinispanConfiguration.DEFAULT);

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public TypedSessionConfiguration {
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(codec, "codec");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(cookie, "cookie");
    Objects.requireNonNull(infinispan, "infinispan");
    requireText("namespace", namespace);
    namespace.ifPresent(
        value ->
            require(
                value.length() <= LONGEST_NAMESPACE,
                "namespace must have at most 200 characters, had " + value.length()));
    require(
        !endedTombstone.isNegative()
            && !endedTombstone.isZero()
            && endedTombstone.compareTo(LONGEST_TOMBSTONE) <= 0,
        "endedTombstone must be positive and at most 100 years, was " + endedTombstone);
  }

  /** Where sessions are kept. */
  public enum Store {
    /** In Infinispan where the application can see it, otherwise in memory. */
    AUTO,
    /** In the memory of this process. */
    MEMORY,
    /** In Infinispan, or not at all. */
    INFINISPAN
  }

  /** How data becomes bytes. */
  public enum Codec {
    /** The library's choice. */
    AUTO,
    /** JSON, which needs nothing of the data class. */
    JSON,
    /** Protocol Buffers, with the marshallers of a ProtoStream schema. */
    PROTOSTREAM
  }

  /** Begins with {@link #DEFAULT}. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** Begins with these values. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Sets the components of a {@link TypedSessionConfiguration} by name, in any order; what is not
   * set stays as it was. Values are judged by {@link #build}.
   *
   * <p>Not safe for use by many threads.
   */
  public static final class Builder {
    private Store store;
    private Codec codec;
    private boolean sealed;
    private Optional<String> namespace;
    private SessionPolicy policy;
    private Duration endedTombstone;
    private StoreLimits limits;
    private SessionCookieConfiguration cookie;
    private InfinispanConfiguration infinispan;

    private Builder(TypedSessionConfiguration from) {
      store = from.store;
      codec = from.codec;
      sealed = from.sealed;
      namespace = from.namespace;
      policy = from.policy;
      endedTombstone = from.endedTombstone;
      limits = from.limits;
      cookie = from.cookie;
      infinispan = from.infinispan;
    }

    /** Sets where sessions are kept. */
    public Builder store(Store store) {
      this.store = store;
      return this;
    }

    /** Sets how data becomes bytes. */
    public Builder codec(Codec codec) {
      this.codec = codec;
      return this;
    }

    /** Sets whether the data is sealed where it is kept. */
    public Builder sealed(boolean sealed) {
      this.sealed = sealed;
      return this;
    }

    /** Sets what tells this application's sessions from those of others. */
    public Builder namespace(String namespace) {
      return namespace(Optional.of(namespace));
    }

    /** Sets what tells this application's sessions from those of others, or takes it away. */
    public Builder namespace(Optional<String> namespace) {
      this.namespace = namespace;
      return this;
    }

    /** Sets lifetimes and the rules of races. */
    public Builder policy(SessionPolicy policy) {
      this.policy = policy;
      return this;
    }

    /** Sets how long an ended id is told from an unknown one. */
    public Builder endedTombstone(Duration endedTombstone) {
      this.endedTombstone = endedTombstone;
      return this;
    }

    /** Sets how much the store may be made to keep. */
    public Builder limits(StoreLimits limits) {
      this.limits = limits;
      return this;
    }

    /** Sets how the client holds its secret. */
    public Builder cookie(SessionCookieConfiguration cookie) {
      this.cookie = cookie;
      return this;
    }

    /** Sets how to reach Infinispan. */
    public Builder infinispan(InfinispanConfiguration infinispan) {
      this.infinispan = infinispan;
      return this;
    }

    /**
     * The values as they are set now.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public TypedSessionConfiguration build() {
      return new TypedSessionConfiguration(
          store, codec, sealed, namespace, policy, endedTombstone, limits, cookie, infinispan);
    }
  }
}
