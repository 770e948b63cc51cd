package org.typedsession.infinispan.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.infinispan.configuration.global.GlobalConfiguration;
import org.jgroups.conf.ProtocolConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.infinispan.cluster.MembershipLease;

/** What the JGroups stacks that the library brings have in common. */
final class ShippedStacksTest {
  private static final Duration LEASE = MembershipLease.Timing.STANDARD.length();

  private static Map<String, Map<String, String>> protocols(boolean encrypted, boolean dns) {
    EmbeddedContainer.Cluster cluster =
        new EmbeddedContainer.Cluster(
            "stacks",
            "127.0.0.5",
            17_777,
            dns ? List.of() : List.of("127.0.0.5[17777]"),
            dns ? Optional.of("shop-nodes") : Optional.empty(),
            encrypted ? Optional.of(ClusterKeys.STACK) : Optional.empty());
    GlobalConfiguration global =
        EmbeddedContainer.parse("sessions", cluster).getGlobalConfigurationBuilder().build();
    return global
        .transport()
        .jgroups()
        .configurator(global.transport().stack())
        .getProtocolStack()
        .stream()
        .collect(
            Collectors.toMap(
                ProtocolConfiguration::getProtocolName, ProtocolConfiguration::getProperties));
  }

  private static Duration time(Map<String, String> protocol, String name) {
    String text = protocol.get(name);
    return text.endsWith("s")
        ? Duration.parse("PT" + text)
        : Duration.ofMillis(Long.parseLong(text));
  }

  @Test
  void jgroupsFile_thatIsNowhere_isRefusedByItsName() {
    EmbeddedContainer.Cluster cluster =
        new EmbeddedContainer.Cluster(
            "stacks", "127.0.0.5", 17_777, List.of(), Optional.empty(), Optional.of("no/such.xml"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddedContainer.parse("sessions", cluster))
        .withMessageContaining("no/such.xml");
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void stack_each_detectsAndMergesAsTheLeaseNeeds(boolean encrypted, boolean dns) {
    Map<String, Map<String, String>> protocols = protocols(encrypted, dns);

    assertThat(time(protocols.get("FD_ALL3"), "timeout"))
        .isGreaterThan(LEASE)
        .isEqualTo(Duration.ofSeconds(8));
    assertThat(time(protocols.get("pbcast.GMS"), "merge_timeout").dividedBy(2))
        .isGreaterThan(LEASE);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void stack_each_listensWhereItIsToldAndFindsOthersInOneWay(boolean encrypted, boolean dns) {
    Map<String, Map<String, String>> protocols = protocols(encrypted, dns);

    assertThat(protocols.get("TCP"))
        .containsEntry("bind_addr", "127.0.0.5")
        .containsEntry("bind_port", "17777")
        .containsEntry("port_range", "0");
    assertThat(protocols.get("FD_SOCK2"))
        .containsEntry("bind_addr", "127.0.0.5")
        .containsEntry("offset", "100");
    assertThat(protocols.containsKey("dns.DNS_PING")).isEqualTo(dns);
    assertThat(protocols.containsKey("TCPPING")).isNotEqualTo(dns);
    assertThat(protocols.get("TCP").containsKey("tls.enabled")).isEqualTo(encrypted);
  }
}
