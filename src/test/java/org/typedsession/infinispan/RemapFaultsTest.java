package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.typedsession.spi.RandomSessionCookieGenerator;
import org.typedsession.testing.AccountCodec;
import org.typedsession.testing.MutableClock;

/**
 * Remaps while nodes die, links break and the network splits, on three and four members in this
 * JVM, in each mode of the cache.
 */
final class RemapFaultsTest {
  private static final int REMAPS = Integer.getInteger("faults.remaps", 1_000);
  private static final String FIGURES = "faults";

  private final SecureRandom random = new SecureRandom();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());

  @BeforeAll
  static void forgetFiguresOfEarlierRuns() throws IOException {
    Files.deleteIfExists(Path.of("target", "contract", FIGURES + ".csv"));
  }

  static Stream<Arguments> everyModeAndFault() {
    return Stream.of(Members.Mode.values())
        .filter(mode -> mode.name().matches(System.getProperty("faults.modes", ".*")))
        .flatMap(mode -> Stream.of(Fault.values()).map(fault -> Arguments.of(mode, fault)));
  }

  static Stream<Fault> everyFault() {
    return Stream.of(Fault.values());
  }

  @ParameterizedTest
  @MethodSource("everyModeAndFault")
  void remap_underFault_neverForksAndLosesNothing(
      Members.Mode mode, Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(
            mode,
            fault,
            cache ->
                new InfinispanSessionStoreConnector<>(
                    cache,
                    namespace,
                    new AccountCodec(),
                    new MutableClock(),
                    random,
                    Duration.ofMinutes(15)));
    figures.publish(FIGURES, mode.name(), fault.name());
    reporter.publishEntry(mode + " " + fault, figures.toString());

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(REMAPS);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  private FaultFigures run(Members.Mode mode, Fault fault, RemapTrial.Connecting connecting) {
    FaultFigures figures = new FaultFigures();
    RemapTrial trial = new RemapTrial(cookies, connecting, figures);
    try (SimulatedCluster cluster =
        new SimulatedCluster(quick(mode.configuration(true)), false, fault.members())) {
      while (figures.sessions() < REMAPS) {
        fault.strike(cluster, trial);
      }
    }
    return figures;
  }

  // Timeouts in proportion, but short: a test strikes many times.
  private static Configuration quick(Configuration configuration) {
    ConfigurationBuilder builder = new ConfigurationBuilder().read(configuration);
    builder.clustering().remoteTimeout(400).locking().lockAcquisitionTimeout(200);
    return builder.build();
  }
}
