package org.typedsession.it.client.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.history.Verdict;
import org.typedsession.testkit.history.Violation;

/**
 * What came of a load.
 *
 * @param timeline when users got which answers
 * @param verdict whether one store with one copy could have given them
 * @param anomalies answers that are wrong by themselves: another's session, a refusal that sets a
 *     cookie, …
 * @param errors answers of statuses that nobody has planned for, with their bodies
 * @param ids how many ids were given out
 * @param logouts how many sessions were told to end, and that they had
 * @param unread how many of the last reads, of every id on every node, were not answered
 * @param expired sessions that were left alone for so long that they may have expired; nobody has
 *     looked for them at the end
 */
public record LoadResult(
    Timeline timeline,
    Verdict verdict,
    List<String> anomalies,
    List<String> errors,
    int ids,
    int logouts,
    int unread,
    List<String> expired) {

  public LoadResult {
    anomalies = List.copyOf(anomalies);
    errors = List.copyOf(errors);
    expired = List.copyOf(expired);
  }

  /**
   * Fails with all that was found if anything was; refusals are none of it.
   *
   * @throws AssertionError if an answer cannot be explained, is wrong by itself, or was not planned
   *     for
   */
  public void requireFlawless() {
    if (!verdict.isClean() || !anomalies.isEmpty() || !errors.isEmpty() || unread > 0) {
      throw new AssertionError(
          "%s%nanomalies: %s%nerrors: %s%nlast reads not answered: %d"
              .formatted(verdict, some(anomalies), some(errors), unread));
    }
  }

  /** Adds the figures to the report on all campaigns, and what went wrong to its histories. */
  public void report(String campaign) {
    report(campaign, OptionalLong.empty());
  }

  /**
   * The same of a load under which something was done to the servers.
   *
   * @param faults how often
   */
  public void report(String campaign, long faults) {
    report(campaign, OptionalLong.of(faults));
  }

  private void report(String campaign, OptionalLong faults) {
    List<String> histories = new ArrayList<>(anomalies);
    histories.addAll(errors);
    verdict.violations().forEach(violation -> histories.add(violation.explanation()));
    long undone = verdict.count(Violation.Kind.RESURRECTED);
    new Campaign(
            campaign,
            faults,
            verdict.operations(),
            verdict.forks(),
            verdict.lost() + timeline.count(Outcome.LOST),
            OptionalLong.of(undone),
            verdict.unexplained() - undone + anomalies.size() + errors.size() + unread,
            timeline.impacts().stream().map(Timeline.Impact::worst).max(Comparator.naturalOrder()))
        .report(histories);
  }

  private static List<String> some(List<String> texts) {
    return texts.stream().limit(10).toList();
  }
}
