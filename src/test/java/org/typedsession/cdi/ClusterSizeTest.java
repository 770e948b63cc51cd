package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.SessionStore;
import org.typedsession.testing.Logs;

/** What a deployment says of a cluster whose number of nodes is not known. */
final class ClusterSizeTest {
  private static final String WITHIN_THE_PROCESS =
      """
      <config xmlns="urn:org:jgroups">
        <SHARED_LOOPBACK/>
        <SHARED_LOOPBACK_PING/>
        <pbcast.NAKACK2/>
        <UNICAST3/>
        <pbcast.STABLE/>
        <pbcast.GMS join_timeout="50"/>
        <FRAG4/>
      </config>
      """;

  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<Cart> cart;
  }

  @TempDir private Path directory;

  private static void browse() {
    try (Application application = Application.deploy(Shop.class)) {
      application.browse("");
    }
  }

  @Test
  void dnsQuery_withoutClusterSize_failsTheDeployment() {
    try (Settings settings =
        Settings.of("store", "infinispan", "infinispan.dns-query", "shop-nodes")) {
      assertThatException()
          .isThrownBy(ClusterSizeTest::browse)
          .satisfies(
              e ->
                  assertThat(Problems.of(e))
                      .contains("TSESS0049", "dns-query=shop-nodes", "cluster-size"));
    }
  }

  /**
   * @param warnings how many there are of a size that nobody said
   */
  @ParameterizedTest
  @CsvSource({
    "infinispan.when-split, refuse, 1",
    "infinispan.when-split, serve, 0",
    "infinispan.cluster-size, 1, 0"
  })
  void jgroupsFile_withoutClusterSize_isWarnedOfUnlessBothSidesServe(
      String setting, String value, int warnings) throws Exception {
    Path file = Files.writeString(directory.resolve("jgroups.xml"), WITHIN_THE_PROCESS);
    try (Settings settings =
            Settings.of(
                "store", "infinispan", "infinispan.jgroups-file", file.toString(), setting, value);
        Logs logs = new Logs();
        Application application = Application.deploy(Shop.class)) {
      application.browse("");

      assertThat(logs.warnings())
          .filteredOn(text -> text.startsWith("TSESS0113: "))
          .hasSize(warnings)
          .allSatisfy(text -> assertThat(text).contains(file.toString(), "cluster-size"));
    }
  }
}
