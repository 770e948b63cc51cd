package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.typedsession.spi.RandomSessionCookieGenerator;
import org.typedsession.testing.Campaign;
import org.typedsession.testing.Seed;

/**
 * Remaps of sessions with three copies and more while nodes die: the primary owner tells its
 * backups one by one, and may be dead when it has told some of them.
 */
@Tag("chaos")
final class ManyCopiesFaultsTest {
  private static final int REMAPS =
      Campaign.lengthened(Integer.getInteger("faults.remaps-of-many-copies", 200));
  private static final String FIGURES = "faults-many-copies";

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());

  /** How many copies there are of each session, on how many members. */
  private enum Copies {
    THREE_OWNERS(4, CacheMode.DIST_SYNC),
    REPLICATED_ON_THREE(3, CacheMode.REPL_SYNC),
    REPLICATED_ON_FOUR(4, CacheMode.REPL_SYNC);

    private final int members;
    private final CacheMode mode;

    Copies(int members, CacheMode mode) {
      this.members = members;
      this.mode = mode;
    }

    private Configuration configuration() {
      ConfigurationBuilder builder =
          new ConfigurationBuilder()
              .read(RemapFaultsTest.quick(Members.Mode.PLAIN.configuration(true)));
      builder.clustering().cacheMode(mode).hash().numOwners(3);
      return builder.build();
    }
  }

  private static Stream<Arguments> rows() {
    return Stream.of(Fault.PRIMARY_DIES, Fault.OWNER_DIES, Fault.ORIGINATOR_DIES)
        .flatMap(
            fault -> Arrays.stream(Copies.values()).map(copies -> Arguments.of(copies, fault)));
  }

  @BeforeAll
  static void forgetFiguresOfEarlierRuns() throws IOException {
    Files.deleteIfExists(Path.of("target", "contract", FIGURES + ".csv"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void remap_nodeDies_neverForksAndLosesNothing(Copies copies, Fault fault, TestReporter reporter) {
    FaultFigures figures = new FaultFigures();
    RemapTrial trial =
        new RemapTrial(cookies, RemapTrial.Connecting.ofTheLibrary(namespace, random), figures);
    try (SimulatedCluster cluster =
        new SimulatedCluster(copies.configuration(), false, copies.members)) {
      while (figures.sessions() < REMAPS) {
        fault.strike(cluster, trial);
      }
    }
    figures.publish(FIGURES, copies.name(), fault.name());
    reporter.publishEntry(copies + " " + fault, figures.toString());
    figures.report("remaps, %s, %s".formatted(copies, fault));

    assertThat(figures.broken()).as(figures.toString()).isZero();
  }
}
