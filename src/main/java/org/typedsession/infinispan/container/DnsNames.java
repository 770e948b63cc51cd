package org.typedsession.infinispan.container;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.infinispan.factories.GlobalComponentRegistry;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.Transport;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.jgroups.protocols.dns.DNSResolver.DNSRecordType;
import org.jgroups.protocols.dns.DNS_PING;
import org.jgroups.stack.IpAddress;

/**
 * The DNS name by which the nodes of a cluster find each other. JGroups is silent about one that
 * does not exist: the node stays alone.
 */
final class DnsNames {
  private static final System.Logger LOGGER = System.getLogger(DnsNames.class.getName());

  private final EmbeddedCacheManager manager;
  private final DNS_PING discovery;
  private final String query;
  private final String self;

  private DnsNames(
      EmbeddedCacheManager manager,
      DNS_PING discovery,
      String query,
      EmbeddedContainer.Cluster cluster) {
    this.manager = manager;
    this.discovery = discovery;
    this.query = query;
    this.self = "%s[%s]".formatted(cluster.bindAddress(), cluster.bindPort());
  }

  /**
   * The name that {@code cluster} has.
   *
   * @param manager one that runs
   * @return empty if the nodes do not find each other by DNS
   */
  static Optional<DnsNames> of(EmbeddedCacheManager manager, EmbeddedContainer.Cluster cluster) {
    return cluster
        .dnsQuery()
        .map(query -> new DnsNames(manager, discovery(manager), query, cluster));
  }

  private static DNS_PING discovery(EmbeddedCacheManager manager) {
    JGroupsTransport transport =
        (JGroupsTransport) GlobalComponentRegistry.componentOf(manager, Transport.class);
    return transport.getChannel().getProtocolStack().findProtocol(DNS_PING.class);
  }

  /** Warns of a node that is alone, and whose name nobody has. */
  void warnIfUnknown() {
    warnIf(List::isEmpty);
  }

  /** Warns of a node that is alone. */
  void warnIfAlone() {
    warnIf(addresses -> true);
  }

  // A question for the sake of a warning must not be the end of those who ask it.
  private void warnIf(Predicate<List<String>> condition) {
    try {
      List<String> addresses = isAlone() ? addresses() : null;
      if (addresses != null && condition.test(addresses)) {
        LOGGER.log(System.Logger.Level.WARNING, Messages.aloneByDns(query, addresses, self));
      }
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "no look at what DNS has for " + query, e);
    }
  }

  private boolean isAlone() {
    return manager.getMembers().size() == 1;
  }

  // As JGroups asks, who keeps to addresses and ignores the port.
  private List<String> addresses() {
    return discovery.dnsResolver().resolveIps(query, DNSRecordType.A).stream()
        .map(address -> ((IpAddress) address).getIpAddress().getHostAddress())
        .toList();
  }
}
