package org.typedsession.testkit;

import java.util.Random;

/**
 * Where tests get their randomness from, so that what was drawn can be drawn again.
 *
 * <p>The seed of a run is the system property {@code chaos.seed}. The build sets it: to a fixed
 * number for the tests of every build, to another one in each run of the campaigns. Every failure
 * names it. A test draws the same whether it runs alone or among others; threads that draw from one
 * source share it in whatever order they run, which no seed decides.
 */
public final class Seed {
  /** The system property. */
  public static final String PROPERTY = "chaos.seed";

  // Not by Long.getLong, which takes what is no number for nothing.
  private static final long OF_RUN = Long.parseLong(System.getProperty(PROPERTY, "1"));

  private static Random current = of("");

  private Seed() {}

  /** The seed of this run. */
  public static long ofRun() {
    return OF_RUN;
  }

  /** A source for the running test, independent of those that it has got before. */
  public static synchronized Random random() {
    return new Random(current.nextLong());
  }

  /** A source that all threads of the running test may draw from, each what the others leave. */
  public static synchronized Random shared() {
    return current;
  }

  /** From now on {@link #random} is about the test of this name. */
  static synchronized void begin(String test) {
    current = of(test);
  }

  private static Random of(String test) {
    return new Random(31 * OF_RUN + test.hashCode());
  }
}
