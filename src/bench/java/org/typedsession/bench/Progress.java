package org.typedsession.bench;

import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/** Tells on the console how far a run has come. */
final class Progress {
  private String part = "";
  private int all;
  private int done;
  private long begin;

  void begin(String newPart, int steps) {
    part = newPart;
    all = steps;
    done = 0;
    begin = System.nanoTime();
    System.out.printf("%s  %s: %d steps%n", now(), part, all);
  }

  void step(String what) {
    done++;
    long spent = System.nanoTime() - begin;
    Duration left = Duration.ofNanos(spent / done * (all - done));
    System.out.printf(
        "%s  %s %d/%d, %d:%02d left  %s%n",
        now(), part, done, all, left.toMinutes(), left.toSecondsPart(), what);
  }

  private static LocalTime now() {
    return LocalTime.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
