package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.typedsession.testing.FigureFile;
import org.typedsession.testing.http.Answer;

/** Counts how a race ended, round by round, and leaves a line of figures behind. */
final class RaceFigures {
  private static final FigureFile FILE =
      FigureFile.of("http", "race,rounds,requests,2xx,409,422,other,forks,lost");

  private final String race;
  private int rounds;
  private int successes;
  private int conflicts;
  private int full;
  private int others;
  private int forks;
  private int lost;

  RaceFigures(String race) {
    this.race = race;
  }

  void round(Collection<Answer> answers) {
    rounds++;
    answers.forEach(answer -> count(answer.status()));
  }

  /** Counts answers that belong to a round counted before. */
  void more(Collection<Answer> answers) {
    answers.forEach(answer -> count(answer.status()));
  }

  void roundOfStatuses(List<Integer> statuses) {
    rounds++;
    statuses.forEach(this::count);
  }

  private void count(int status) {
    if (status >= 200 && status < 300) {
      successes++;
    } else if (status == 409) {
      conflicts++;
    } else if (status == 422) {
      full++;
    } else {
      others++;
    }
  }

  /** Tells how many ids of one session are accepted now. */
  void live(long ids) {
    forks += (int) Math.max(0, ids - 1);
  }

  /** Tells how far what is stored is from what was acknowledged. */
  void stored(int actual, int acknowledged) {
    lost += Math.abs(acknowledged - actual);
  }

  /** Writes the figures down, and fails if something was lost, forked, or not foreseen. */
  void close() {
    int requests = successes + conflicts + full + others;
    System.out.printf(
        "%s: rounds=%d requests=%d 2xx=%d 409=%d 422=%d other=%d forks=%d lost=%d%n",
        race, rounds, requests, successes, conflicts, full, others, forks, lost);
    FILE.append(
        "%s,%d,%d,%d,%d,%d,%d,%d,%d"
            .formatted(race, rounds, requests, successes, conflicts, full, others, forks, lost));
    assertThat(forks).as("%s: forks", race).isZero();
    assertThat(lost).as("%s: lost", race).isZero();
    assertThat(others).as("%s: answers other than 2xx, 409 and 422", race).isZero();
  }
}
