package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.cluster.Watches;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;

/**
 * Sessions with three copies and more while nodes die and the network splits: the primary owner
 * tells its backups one by one, and may be dead or cut off when it has told some of them.
 */
@Tag("chaos")
final class ManyCopiesFaultsTest {
  private static final int REMAPS =
      Campaign.lengthened(Integer.getInteger("faults.remaps-of-many-copies", 200));
  private static final int ENOUGH_TO_FIND_OUT = 3_000;
  private static final String FIGURES = "faults-many-copies";

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final RemapTrial.Connecting connecting =
      RemapTrial.Connecting.ofTheLibrary(namespace, random);

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
    return Stream.of(
            Fault.PRIMARY_DIES,
            Fault.OWNER_DIES,
            Fault.ORIGINATOR_DIES,
            Fault.ORIGINATOR_DIES_STUTTERING,
            Fault.SPLIT_2_1,
            Fault.SPLIT_1_1_1)
        .flatMap(
            fault -> Arrays.stream(Copies.values()).map(copies -> Arguments.of(copies, fault)));
  }

  @BeforeAll
  static void forgetFiguresOfEarlierRuns() {
    FaultFigures.clear(FIGURES);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void remap_underFault_neverForksAndLosesNothing(
      Copies copies, Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(copies, fault, RemapTrial.Use.REMAPS, connecting, ManyCopiesFaultsTest::isLongEnough);
    publish("remaps", copies, fault, figures, reporter);

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(REMAPS);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** Remaps, writes in place and logouts of one session at once, on several nodes. */
  @ParameterizedTest
  @MethodSource("rows")
  void everyOperation_underFault_holdsWhatWasAcknowledged(
      Copies copies, Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(
            copies,
            fault,
            RemapTrial.Use.EVERYTHING,
            connecting,
            ManyCopiesFaultsTest::isLongEnough);
    publish("remaps, writes and logouts", copies, fault, figures, reporter);

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(REMAPS);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /**
   * Otherwise the tests above would show nothing. Where the caller lives it resolves what is in
   * doubt, so that copies differ for good mostly where it dies: as the primary owner, which has
   * told some of its backups.
   */
  @ParameterizedTest
  @EnumSource
  void everyOperation_copiesNotRepaired_isFoundOut(Copies copies, TestReporter reporter) {
    FaultFigures figures =
        run(
            copies,
            Fault.ORIGINATOR_DIES_STUTTERING,
            RemapTrial.Use.EVERYTHING,
            this::withoutRepair,
            found -> found.broken() > 0 || found.sessions() >= ENOUGH_TO_FIND_OUT);
    publish(
        "copies not repaired, which must be found out",
        copies,
        Fault.ORIGINATOR_DIES_STUTTERING,
        figures,
        reporter);

    assertThat(figures.broken()).as(figures.toString()).isPositive();
  }

  private static boolean isLongEnough(FaultFigures figures) {
    return figures.sessions() >= REMAPS;
  }

  private SessionStoreConnector<Account> withoutRepair(SessionCache cache) {
    SessionStoreConnector<Account> connector = connecting.over(cache);
    Watches.endRepair(cache.cluster());
    return connector;
  }

  private FaultFigures run(
      Copies copies,
      Fault fault,
      RemapTrial.Use use,
      RemapTrial.Connecting connecting,
      Predicate<FaultFigures> isEnough) {
    FaultFigures figures = new FaultFigures();
    RemapTrial trial = new RemapTrial(cookies, connecting, figures, use, namespace);
    try (SimulatedCluster cluster =
        new SimulatedCluster(copies.configuration(), false, copies.members)) {
      while (!isEnough.test(figures)) {
        fault.strike(cluster, trial);
        trial.forget(cluster.nodes());
      }
    }
    return figures;
  }

  private static void publish(
      String what, Copies copies, Fault fault, FaultFigures figures, TestReporter reporter) {
    figures.publish(FIGURES, what.replace(",", "") + " " + copies, fault.name());
    reporter.publishEntry(what + " " + copies + " " + fault, figures.toString());
    figures.report("%s, %s, %s".formatted(what, copies, fault));
  }
}
