package org.typedsession.core;

import java.util.concurrent.atomic.LongAdder;
import org.typedsession.SessionStatistics;

/**
 * How often a store has done what on this node, since it began.
 *
 * <p>Safe for use by many threads.
 */
final class OperationCounts {
  final LongAdder creates = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder writesInPlace = new LongAdder();
  final LongAdder remaps = new LongAdder();
  final LongAdder deletes = new LongAdder();
  final LongAdder conflicts = new LongAdder();
  final LongAdder reruns = new LongAdder();
  final LongAdder joins = new LongAdder();
  final LongAdder replays = new LongAdder();
  final LongAdder unknownIds = new LongAdder();
  final LongAdder undecodable = new LongAdder();
  final LongAdder unavailable = new LongAdder();
  final LongAdder unknownOutcomes = new LongAdder();

  /**
   * What was counted until now.
   *
   * @param repairs what the connector counts itself
   */
  SessionStatistics statistics(long repairs) {
    return new SessionStatistics(
        creates.sum(),
        reads.sum(),
        writesInPlace.sum(),
        remaps.sum(),
        deletes.sum(),
        conflicts.sum(),
        reruns.sum(),
        joins.sum(),
        replays.sum(),
        unknownIds.sum(),
        undecodable.sum(),
        unavailable.sum(),
        unknownOutcomes.sum(),
        repairs);
  }
}
