package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.Seed;

/**
 * Remaps while nodes die, links break and the network splits, on three and four members in this
 * JVM, in each mode of the cache.
 */
@Tag("chaos")
public final class RemapFaultsTest {
  private static final int REMAPS = Campaign.lengthened(Integer.getInteger("faults.remaps", 1_000));
  private static final int REMAPS_OF_OPTIMISTIC = REMAPS / Fault.values().length;
  private static final int REMAPS_OF_THE_DEAD = Campaign.lengthened(4_000);
  private static final int ENOUGH_TO_FIND_OUT = 5_000;
  private static final String FIGURES = "faults";

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final RemapTrial.Connecting connecting =
      RemapTrial.Connecting.ofTheLibrary(namespace, random);

  @BeforeAll
  static void forgetFiguresOfEarlierRuns() {
    FaultFigures.clear(FIGURES);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORIGINATOR_DIES")
  void remap_underFault_neverForksAndLosesNothing(Fault fault, TestReporter reporter) {
    judgeRemaps(fault, REMAPS, reporter);
  }

  /** The most of all, since what once went wrong here did so in one of 3,000 sessions. */
  @Test
  void remap_originatorDies_neverForksAndLosesNothing(TestReporter reporter) {
    judgeRemaps(Fault.ORIGINATOR_DIES, Math.max(REMAPS, REMAPS_OF_THE_DEAD), reporter);
  }

  private void judgeRemaps(Fault fault, int count, TestReporter reporter) {
    FaultFigures figures =
        run(Members.Mode.PLAIN, fault, this::trial, soFar -> soFar.sessions() < count);
    publish("PLAIN", fault, figures, reporter);
    report("remaps", fault, figures);

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(count);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** Remaps, writes in place and logouts of one session at once, on several nodes. */
  @ParameterizedTest
  @EnumSource
  void everyOperation_underFault_holdsWhatWasAcknowledged(Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(Members.Mode.PLAIN, fault, this::trialOfEverything, RemapFaultsTest::isBelowTheCount);
    publish("everything", fault, figures, reporter);
    report("remaps, writes and logouts", fault, figures);

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(REMAPS);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** Otherwise the tests above would show nothing. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OWNER_DIES", "PRIMARY_DIES", "SILENCE"})
  void naiveRemap_underFault_isFoundOut(Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(
            Members.Mode.PLAIN,
            fault,
            counts -> new RemapTrial(cookies, this::naive, counts),
            soFar -> soFar.broken() == 0 && soFar.sessions() < ENOUGH_TO_FIND_OUT);
    publish("naive", fault, figures, reporter);
    report("naive remaps, which must be found out", fault, figures);

    assertThat(figures.broken()).as(figures.toString()).isPositive();
  }

  /** What optimistic transactions give: decision 0029. */
  @ParameterizedTest
  @EnumSource
  void optimisticRemap_underFault_neverForksAndLosesNothing(Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(
            Members.Mode.OPTIMISTIC,
            fault,
            this::trial,
            soFar -> soFar.sessions() < REMAPS_OF_OPTIMISTIC);
    publish("OPTIMISTIC", fault, figures, reporter);
    report("optimistic remaps", fault, figures);

    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** The same for writes in place and logouts. */
  @ParameterizedTest
  @EnumSource
  void everyOptimisticOperation_underFault_holdsWhatWasAcknowledged(
      Fault fault, TestReporter reporter) {
    FaultFigures figures =
        run(
            Members.Mode.OPTIMISTIC,
            fault,
            this::trialOfEverything,
            soFar -> soFar.sessions() < REMAPS_OF_OPTIMISTIC);
    publish("everything OPTIMISTIC", fault, figures, reporter);
    report("optimistic remaps, writes and logouts", fault, figures);

    assertThat(figures.sessions()).isGreaterThanOrEqualTo(REMAPS_OF_OPTIMISTIC);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** Why pessimistic transactions are refused: decision 0029. */
  @Tag("soak")
  @Test
  void pessimisticRemap_underFaults_isFoundOut(TestReporter reporter) {
    long broken = 0;
    for (Fault fault : Fault.values()) {
      FaultFigures figures =
          run(Members.Mode.PESSIMISTIC, fault, this::trial, RemapFaultsTest::isBelowTheCount);
      publish("PESSIMISTIC", fault, figures, reporter);
      broken += figures.broken();
    }

    // Once this fails, Infinispan has mended its transactions, and the decision may be looked at.
    assertThat(broken).isPositive();
  }

  @Tag("soak")
  @Test
  void naiveRemap_underEveryFault_isMeasured(TestReporter reporter) {
    long broken = 0;
    for (Fault fault : Fault.values()) {
      FaultFigures figures =
          run(
              Members.Mode.PLAIN,
              fault,
              counts -> new RemapTrial(cookies, this::naive, counts),
              RemapFaultsTest::isBelowTheCount);
      publish("naive", fault, figures, reporter);
      broken += figures.broken();
    }

    assertThat(broken).isPositive();
  }

  private RemapTrial trial(FaultFigures figures) {
    return new RemapTrial(cookies, connecting, figures, RemapTrial.Use.REMAPS, namespace);
  }

  private RemapTrial trialOfEverything(FaultFigures figures) {
    return new RemapTrial(cookies, connecting, figures, RemapTrial.Use.EVERYTHING, namespace);
  }

  private NaiveConnector<Account> naive(SessionCache cache) {
    return new NaiveConnector<>(cache, new AccountCodec());
  }

  private static void publish(
      String connector, Fault fault, FaultFigures figures, TestReporter reporter) {
    figures.publish(FIGURES, connector, fault.name());
    reporter.publishEntry(connector + " " + fault, figures.toString());
  }

  private static void report(String what, Fault fault, FaultFigures figures) {
    figures.report("%s, %s".formatted(what, fault));
  }

  private static boolean isBelowTheCount(FaultFigures soFar) {
    return soFar.sessions() < REMAPS;
  }

  private FaultFigures run(
      Members.Mode mode,
      Fault fault,
      Function<FaultFigures, RemapTrial> begin,
      Predicate<FaultFigures> goOn) {
    FaultFigures figures = new FaultFigures();
    RemapTrial trial = begin.apply(figures);
    try (SimulatedCluster cluster =
        new SimulatedCluster(quick(mode.configuration(true)), false, fault.members())) {
      do {
        fault.strike(cluster, trial);
        trial.forget(cluster.nodes());
      } while (goOn.test(figures));
    }
    return figures;
  }

  // Timeouts in proportion, but short: a test strikes many times.
  public static Configuration quick(Configuration configuration) {
    ConfigurationBuilder builder = new ConfigurationBuilder().read(configuration);
    builder.clustering().remoteTimeout(400).locking().lockAcquisitionTimeout(200);
    return builder.build();
  }
}
