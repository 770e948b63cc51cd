package org.typedsession;

/**
 * What a store has done in this process since it started. The numbers are counted one by one, so
 * two of them may be an operation apart.
 *
 * @param creates sessions stored for the first time
 * @param reads sessions looked up, found or not
 * @param writesInPlace routine changes and renewals stored
 * @param remaps privilege changes stored
 * @param deletes sessions ended on request
 * @param conflicts changes refused because another request got in first
 * @param reruns times that the updates of a request were run again on fresh data
 * @param joins logins that another request had made first, and that were taken for one with it
 * @param replays dead ids presented after the time in which that happens innocently
 * @param unknownIds well-formed ids presented that the store does not know: long expired, or never
 *     given out
 * @param undecodable stored sessions ended because their data could not be read
 * @param unavailable operations that the store refused or could not answer
 * @param unknownOutcomes writes of which the store could not tell whether they took effect; not
 *     among {@code unavailable}
 * @param repairs copies of entries on other nodes that were written again after a fault, in the
 *     cache of the store, which it may share with others
 */
public record SessionStatistics(
    long creates,
    long reads,
    long writesInPlace,
    long remaps,
    long deletes,
    long conflicts,
    long reruns,
    long joins,
    long replays,
    long unknownIds,
    long undecodable,
    long unavailable,
    long unknownOutcomes,
    long repairs) {}
