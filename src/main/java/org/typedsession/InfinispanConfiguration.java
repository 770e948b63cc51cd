package org.typedsession;

import static org.typedsession.Requirements.require;
import static org.typedsession.Requirements.requireText;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * How to reach Infinispan: the server's container by its JNDI name; or one of the application's own
 * that finds other nodes by {@code initialHosts}, {@code dnsQuery} or {@code jgroupsFile}; or,
 * where there is none of these, one of its own for this process alone.
 *
 * <p>Later versions may add components: {@link #builder()} keeps compiling then, the constructor
 * does not.
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
 *     met a majority of them; empty: as many as {@code initialHosts}, or where those are not known,
 *     one
 */
public record InfinispanConfiguration(
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
  public static final InfinispanConfiguration DEFAULT =
      new InfinispanConfiguration(
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

  private static final Pattern HOST = Pattern.compile("[^,\\s]+\\[\\d{1,5}]");
  private static final Pattern DNS_NAME = Pattern.compile("[\\p{Alnum}_][\\p{Alnum}._-]*");

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public InfinispanConfiguration {
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
    clusterSize.ifPresent(size -> require(size >= 1, "clusterSize must be 1 or more, was " + size));
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
   * Sets the components of a {@link InfinispanConfiguration} by name, in any order; what is not set
   * stays as it was. Values are judged by {@link #build}.
   *
   * <p>Not safe for use by many threads.
   */
  public static final class Builder {
    private Optional<String> container;
    private String cache;
    private WhenSplit whenSplit;
    private PessimisticTransactions pessimisticTransactions;
    private String clusterName;
    private String bindAddress;
    private int bindPort;
    private List<String> initialHosts;
    private Optional<String> dnsQuery;
    private Optional<String> jgroupsFile;
    private OptionalInt clusterSize;

    private Builder(InfinispanConfiguration from) {
      container = from.container;
      cache = from.cache;
      whenSplit = from.whenSplit;
      pessimisticTransactions = from.pessimisticTransactions;
      clusterName = from.clusterName;
      bindAddress = from.bindAddress;
      bindPort = from.bindPort;
      initialHosts = from.initialHosts;
      dnsQuery = from.dnsQuery;
      jgroupsFile = from.jgroupsFile;
      clusterSize = from.clusterSize;
    }

    /** Sets the JNDI name of the server's container. */
    public Builder container(String container) {
      return container(Optional.of(container));
    }

    /** Sets the JNDI name of the server's container, or takes it away. */
    public Builder container(Optional<String> container) {
      this.container = container;
      return this;
    }

    /** Sets the name of the cache. */
    public Builder cache(String cache) {
      this.cache = cache;
      return this;
    }

    /** Sets what becomes of requests when the network splits. */
    public Builder whenSplit(WhenSplit whenSplit) {
      this.whenSplit = whenSplit;
      return this;
    }

    /** Sets what becomes of a cache of several nodes that has them. */
    public Builder pessimisticTransactions(PessimisticTransactions pessimisticTransactions) {
      this.pessimisticTransactions = pessimisticTransactions;
      return this;
    }

    /** Sets the name of the cluster. */
    public Builder clusterName(String clusterName) {
      this.clusterName = clusterName;
      return this;
    }

    /** Sets the address that an own container listens on. */
    public Builder bindAddress(String bindAddress) {
      this.bindAddress = bindAddress;
      return this;
    }

    /** Sets the port that an own container listens on. */
    public Builder bindPort(int bindPort) {
      this.bindPort = bindPort;
      return this;
    }

    /** Sets whom an own container asks for the cluster. */
    public Builder initialHosts(List<String> initialHosts) {
      this.initialHosts = initialHosts;
      return this;
    }

    /** Sets the DNS name that has the addresses of all nodes. */
    public Builder dnsQuery(String dnsQuery) {
      return dnsQuery(Optional.of(dnsQuery));
    }

    /** Sets the DNS name that has the addresses of all nodes, or takes it away. */
    public Builder dnsQuery(Optional<String> dnsQuery) {
      this.dnsQuery = dnsQuery;
      return this;
    }

    /** Sets the JGroups configuration in place of the library's. */
    public Builder jgroupsFile(String jgroupsFile) {
      return jgroupsFile(Optional.of(jgroupsFile));
    }

    /** Sets the JGroups configuration in place of the library's, or takes it away. */
    public Builder jgroupsFile(Optional<String> jgroupsFile) {
      this.jgroupsFile = jgroupsFile;
      return this;
    }

    /** Sets how many nodes make up the cluster. */
    public Builder clusterSize(int clusterSize) {
      return clusterSize(OptionalInt.of(clusterSize));
    }

    /** Sets how many nodes make up the cluster, or takes it away. */
    public Builder clusterSize(OptionalInt clusterSize) {
      this.clusterSize = clusterSize;
      return this;
    }

    /**
     * The values as they are set now.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public InfinispanConfiguration build() {
      return new InfinispanConfiguration(
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
          clusterSize);
    }
  }
}
