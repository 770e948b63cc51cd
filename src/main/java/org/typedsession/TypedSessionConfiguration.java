package org.typedsession;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

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
 *   return TypedSessionConfiguration.DEFAULT.withPolicy(
 *       SessionPolicy.DEFAULT.withTimeToLive(Optional.of(Duration.ofHours(2))));
 * }
 * }</pre>
 *
 * <p>Such a bean with the name of a type, as {@code @Named("Cart")}, is for that type alone.
 *
 * @param store where sessions are kept
 * @param codec how data becomes bytes
 * @param sealed whether the data is sealed where it is kept, with a key that only the client's
 *     cookie gives
 * @param namespace tells this application's sessions from those of others in one cache; empty: the
 *     virtual server and the context path. Deployments that are to share sessions name the same one
 * @param policy lifetimes and the settling of races
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
    Cookie cookie,
    Infinispan infinispan) {

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
          Cookie.DEFAULT,
          Infinispan.DEFAULT);

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

  /** Which requests of other sites carry the cookie. */
  public enum SameSite {
    /** Top-level navigation. */
    LAX,
    /** None. */
    STRICT,
    /** All; needs a secure cookie. */
    NONE
  }

  /** What becomes of a Secure cookie that arrives over plain HTTP. */
  public enum OverHttp {
    /** It counts, as it has to where HTTPS ends in front of the server. */
    ACCEPT,
    /** It counts as no cookie. */
    IGNORE
  }

  /**
   * The cookie. What browsers ask of prefixes, domains and paths is checked at deployment.
   *
   * @param name the whole name; empty: {@code __Host-session}, with what tells it from the cookies
   *     of other applications on the host and of other types in this one
   * @param path the Path attribute
   * @param domain the Domain attribute; empty for a cookie of this host only
   * @param secure whether the cookie is for HTTPS only; false is for development
   * @param sameSite the SameSite attribute
   * @param partitioned whether the cookie is kept apart per top-level site
   * @param overHttp what becomes of it over plain HTTP, if it is for HTTPS only
   */
  public record Cookie(
      Optional<String> name,
      String path,
      Optional<String> domain,
      boolean secure,
      SameSite sameSite,
      boolean partitioned,
      OverHttp overHttp) {

    /** Host-only, for the whole host, HTTPS only, Lax. */
    public static final Cookie DEFAULT =
        new Cookie(
            Optional.empty(), "/", Optional.empty(), true, SameSite.LAX, false, OverHttp.ACCEPT);

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Cookie {
      Objects.requireNonNull(sameSite, "sameSite");
      Objects.requireNonNull(overHttp, "overHttp");
      requireText("name", name);
      requireText("domain", domain);
      require(path.startsWith("/"), "path must begin with /, was '" + path + "'");
    }

    /** This cookie under another name. */
    public Cookie withName(Optional<String> newName) {
      return new Cookie(newName, path, domain, secure, sameSite, partitioned, overHttp);
    }

    /** This cookie with another path. */
    public Cookie withPath(String newPath) {
      return new Cookie(name, newPath, domain, secure, sameSite, partitioned, overHttp);
    }

    /** This cookie with another domain. */
    public Cookie withDomain(Optional<String> newDomain) {
      return new Cookie(name, path, newDomain, secure, sameSite, partitioned, overHttp);
    }

    /** This cookie for HTTPS only, or for plain HTTP too. */
    public Cookie withSecure(boolean newSecure) {
      return new Cookie(name, path, domain, newSecure, sameSite, partitioned, overHttp);
    }

    /** This cookie with another SameSite attribute. */
    public Cookie withSameSite(SameSite newSameSite) {
      return new Cookie(name, path, domain, secure, newSameSite, partitioned, overHttp);
    }

    /** This cookie kept apart per top-level site, or not. */
    public Cookie withPartitioned(boolean newPartitioned) {
      return new Cookie(name, path, domain, secure, sameSite, newPartitioned, overHttp);
    }

    /** This cookie, counted or not where it arrives over plain HTTP. */
    public Cookie withOverHttp(OverHttp newOverHttp) {
      return new Cookie(name, path, domain, secure, sameSite, partitioned, newOverHttp);
    }
  }

  /** What becomes of requests on a side of a split cluster that may not know the truth. */
  public enum WhenSplit {
    /** They are refused until the cluster has healed. */
    REFUSE,
    /** They are served, and a session may have two live ids until a moment after the heal. */
    SERVE
  }

  /**
   * What becomes of a cache of several nodes with Infinispan's pessimistic transactions, which are
   * not atomic when a node dies or the network splits in the middle of one.
   */
  public enum PessimisticTransactions {
    /** The application is not deployed. */
    REFUSE,
    /** It is, and after such a fault a session may have two live ids, for good. */
    MAY_FORK
  }

  /**
   * How to reach Infinispan: the server's container by its JNDI name; or one of the application's
   * own that finds other nodes by {@code initialHosts}, {@code dnsQuery} or {@code jgroupsFile};
   * or, where there is none of these, one of its own for this process alone.
   *
   * @param container the JNDI name of the server's cache container; empty: {@code
   *     java:jboss/infinispan/container/typedsession}, then {@code …/web}
   * @param cache the cache in that container, which is defined if nobody has
   * @param whenSplit what becomes of requests when the network splits
   * @param pessimisticTransactions what becomes of a cache of several nodes that has them
   * @param clusterName nodes of one name share their sessions
   * @param bindAddress the address that an own container listens on
   * @param bindPort the port that an own container listens on
   * @param initialHosts whom an own container asks for the cluster, each as {@code host[port]}
   * @param dnsQuery the DNS name that has the addresses of all nodes, in place of {@code
   *     initialHosts}; each node listens on the same port
   * @param jgroupsFile a JGroups configuration in place of the library's
   * @param clusterSize how many nodes make up the cluster: one that starts serves only when it has
   *     met a majority of them; empty: as many as {@code initialHosts}, or where those are not
   *     known, one
   */
  public record Infinispan(
      Optional<String> container,
      String cache,
      WhenSplit whenSplit,
      PessimisticTransactions pessimisticTransactions,
      String clusterName,
      String bindAddress,
      int bindPort,
      List<String> initialHosts,
      Optional<String> dnsQuery,
      Optional<String> jgroupsFile,
      OptionalInt clusterSize) {

    /** The server's container, else one of its own that is open to nobody. */
    public static final Infinispan DEFAULT =
        new Infinispan(
            Optional.empty(),
            "typed-sessions",
            WhenSplit.REFUSE,
            PessimisticTransactions.REFUSE,
            "typed-session",
            "127.0.0.1",
            7800,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty());

    private static final Pattern HOST = Pattern.compile("[^,\\s]+\\[\\d{1,5}]");
    private static final Pattern DNS_NAME = Pattern.compile("[\\p{Alnum}_][\\p{Alnum}._-]*");

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Infinispan {
      Objects.requireNonNull(whenSplit, "whenSplit");
      Objects.requireNonNull(pessimisticTransactions, "pessimisticTransactions");
      container.ifPresent(
          value ->
              require(
                  value.startsWith("java:"),
                  "container must be a JNDI name that begins with java:, was '" + value + "'"));
      require(!cache.isBlank(), "cache must not be blank");
      require(!clusterName.isBlank(), "clusterName must not be blank");
      require(!bindAddress.isBlank(), "bindAddress must not be blank");
      require(bindPort >= 1 && bindPort <= 65_535, "bindPort must be 1 to 65535, was " + bindPort);
      initialHosts = List.copyOf(initialHosts);
      initialHosts.forEach(
          host ->
              require(
                  HOST.matcher(host).matches(),
                  "initialHosts must be like node1[7800], was '" + host + "'"));
      dnsQuery.ifPresent(
          name ->
              require(
                  DNS_NAME.matcher(name).matches(),
                  "dnsQuery must be one DNS name, without a port, was '" + name + "'"));
      require(
          initialHosts.isEmpty() || dnsQuery.isEmpty(),
          "initialHosts and dnsQuery exclude each other: take one of them to find the nodes");
      requireText("jgroupsFile", jgroupsFile);
      clusterSize.ifPresent(
          size -> require(size >= 1, "clusterSize must be 1 or more, was " + size));
    }

    /** This with another container of the server. */
    public Infinispan withContainer(Optional<String> newContainer) {
      return new Infinispan(
          newContainer,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another cache. */
    public Infinispan withCache(String newCache) {
      return new Infinispan(
          container,
          newCache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another choice for a split. */
    public Infinispan withWhenSplit(WhenSplit newWhenSplit) {
      return new Infinispan(
          container,
          cache,
          newWhenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another choice for pessimistic transactions. */
    public Infinispan withPessimisticTransactions(
        PessimisticTransactions newPessimisticTransactions) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          newPessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another cluster. */
    public Infinispan withClusterName(String newClusterName) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          newClusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another address to listen on. */
    public Infinispan withBindAddress(String newBindAddress) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          newBindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another port to listen on. */
    public Infinispan withBindPort(int newBindPort) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          newBindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with other hosts to ask. */
    public Infinispan withInitialHosts(List<String> newInitialHosts) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          newInitialHosts,
          dnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another DNS name to find the nodes by. */
    public Infinispan withDnsQuery(Optional<String> newDnsQuery) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          newDnsQuery,
          jgroupsFile,
          clusterSize);
    }

    /** This with another configuration of JGroups. */
    public Infinispan withJgroupsFile(Optional<String> newJgroupsFile) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          newJgroupsFile,
          clusterSize);
    }

    /** This with another number of nodes. */
    public Infinispan withClusterSize(OptionalInt newClusterSize) {
      return new Infinispan(
          container,
          cache,
          whenSplit,
          pessimisticTransactions,
          clusterName,
          bindAddress,
          bindPort,
          initialHosts,
          dnsQuery,
          jgroupsFile,
          newClusterSize);
    }
  }

  /** This configuration with another place for the sessions. */
  public TypedSessionConfiguration withStore(Store newStore) {
    return new TypedSessionConfiguration(
        newStore, codec, sealed, namespace, policy, endedTombstone, limits, cookie, infinispan);
  }

  /** This configuration with another codec. */
  public TypedSessionConfiguration withCodec(Codec newCodec) {
    return new TypedSessionConfiguration(
        store, newCodec, sealed, namespace, policy, endedTombstone, limits, cookie, infinispan);
  }

  /** This configuration with data that is sealed, or not. */
  public TypedSessionConfiguration withSealed(boolean newSealed) {
    return new TypedSessionConfiguration(
        store, codec, newSealed, namespace, policy, endedTombstone, limits, cookie, infinispan);
  }

  /** This configuration with another namespace. */
  public TypedSessionConfiguration withNamespace(Optional<String> newNamespace) {
    return new TypedSessionConfiguration(
        store, codec, sealed, newNamespace, policy, endedTombstone, limits, cookie, infinispan);
  }

  /** This configuration with another policy. */
  public TypedSessionConfiguration withPolicy(SessionPolicy newPolicy) {
    return new TypedSessionConfiguration(
        store, codec, sealed, namespace, newPolicy, endedTombstone, limits, cookie, infinispan);
  }

  /** This configuration with another life of ended ids. */
  public TypedSessionConfiguration withEndedTombstone(Duration newEndedTombstone) {
    return new TypedSessionConfiguration(
        store, codec, sealed, namespace, policy, newEndedTombstone, limits, cookie, infinispan);
  }

  /** This configuration with other limits on what is kept. */
  public TypedSessionConfiguration withLimits(StoreLimits newLimits) {
    return new TypedSessionConfiguration(
        store, codec, sealed, namespace, policy, endedTombstone, newLimits, cookie, infinispan);
  }

  /** This configuration with another cookie. */
  public TypedSessionConfiguration withCookie(Cookie newCookie) {
    return new TypedSessionConfiguration(
        store, codec, sealed, namespace, policy, endedTombstone, limits, newCookie, infinispan);
  }

  /** This configuration with another way to Infinispan. */
  public TypedSessionConfiguration withInfinispan(Infinispan newInfinispan) {
    return new TypedSessionConfiguration(
        store, codec, sealed, namespace, policy, endedTombstone, limits, cookie, newInfinispan);
  }

  private static void requireText(String name, Optional<String> value) {
    value.ifPresent(text -> require(!text.isBlank(), name + " must not be blank"));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
