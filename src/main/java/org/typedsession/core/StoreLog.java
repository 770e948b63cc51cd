package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.log.RateLimitedLog;
import org.typedsession.spi.Readiness;

/**
 * What one store tells its operator: one line when it begins to refuse and one when it serves
 * again, and at most one line a minute of each thing that clients can bring about.
 *
 * <p>Safe for use by many threads.
 */
final class StoreLog {
  private static final System.Logger LOGGER = System.getLogger(StoreLog.class.getName());
  // While a cluster changes some sessions can be reached and others cannot. Without this each
  // answer would end an outage that the next one begins.
  private static final Duration QUIET = Duration.ofSeconds(10);

  private static final int MOST_REASONS = 20;

  private final String data;
  private final InstantSource clock;
  private final Supplier<Readiness> readiness;
  // Null while the store serves, which is all that an operation looks at then.
  private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();
  private final RateLimitedLog replays;
  // By reason: two kinds of data that cannot be read are two things to mend. A codec of somebody
  // else may give every session a reason of its own.
  private final Map<String, RateLimitedLog> undecodable = new ConcurrentHashMap<>();
  private final RateLimitedLog otherUndecodable;
  private final RateLimitedLog collisions;
  private final RateLimitedLog full;

  /**
   * @param data the type of the session data, which names the store
   * @param clock tells the time
   * @param readiness whether the store says of itself that it can serve
   */
  StoreLog(String data, InstantSource clock, Supplier<Readiness> readiness) {
    this.data = data;
    this.clock = clock;
    this.readiness = readiness;
    this.replays = limited(System.Logger.Level.WARNING);
    this.otherUndecodable = limited(System.Logger.Level.WARNING);
    this.collisions = limited(System.Logger.Level.ERROR);
    this.full = limited(System.Logger.Level.WARNING);
  }

  private RateLimitedLog limited(System.Logger.Level level) {
    return new RateLimitedLog(LOGGER, level, clock);
  }

  /**
   * A time in which the store refused.
   *
   * @param unknown how many of the refused were writes that may have taken effect
   */
  private record Outage(Instant first, Instant last, long refused, long unknown) {
    static Outage with(@Nullable Outage before, Instant now, boolean outcomeUnknown) {
      long unknown = outcomeUnknown ? 1 : 0;
      return before == null
          ? new Outage(now, now, 1, unknown)
          : new Outage(before.first, now, before.refused + 1, before.unknown + unknown);
    }

    // Both ways: a clock that was set back must not keep an outage going until it has caught up.
    boolean isOver(Instant now) {
      return Duration.between(last, now).abs().compareTo(QUIET) >= 0;
    }
  }

  /** The store has failed an operation. */
  void refused(SessionStoreUnavailableException failure) {
    Outage before;
    Outage after;
    do {
      before = outage.get();
      after = Outage.with(before, clock.instant(), failure.isOutcomeUnknown());
      // The one atomic step: whoever finds no outage has begun one, and says so.
    } while (!outage.compareAndSet(before, after));
    if (before == null) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          Messages.storeRefuses(data, String.valueOf(failure.getMessage())));
    }
    LOGGER.log(System.Logger.Level.DEBUG, "the store refused", failure);
  }

  /** The store has refused to keep more. It serves otherwise, so that this is no outage. */
  void full(SessionStoreUnavailableException failure) {
    full.log(() -> Messages.storeFull(data, String.valueOf(failure.getMessage())));
  }

  /** The store has answered an operation. */
  void served() {
    Outage current = outage.get();
    if (current != null
        && current.isOver(clock.instant())
        && readiness.get() instanceof Readiness.Ready
        // The one atomic step: whoever ends the outage says so, unless another has refused again.
        && outage.compareAndSet(current, null)) {
      LOGGER.log(
          System.Logger.Level.INFO,
          Messages.storeServes(
              data, current.first, current.last, current.refused, current.unknown));
    }
  }

  /** A dead id was presented after the time in which that happens innocently. */
  void replayed(SessionHandle handle) {
    replays.log(() -> Messages.replayed(data, handle));
  }

  /** A session was ended because its data cannot be read. */
  void undecodable(SessionHandle handle, String reason) {
    logOf(reason).log(() -> Messages.undecodable(handle, reason));
  }

  private RateLimitedLog logOf(String reason) {
    RateLimitedLog known = undecodable.get(reason);
    if (known != null) {
      return known;
    }
    return undecodable.size() < MOST_REASONS
        ? undecodable.computeIfAbsent(reason, any -> limited(System.Logger.Level.WARNING))
        : otherUndecodable;
  }

  /** No free id was found. */
  void collided(SessionIdCollisionException failure) {
    collisions.log(() -> Messages.idsCollide(data, String.valueOf(failure.getMessage())));
  }
}
