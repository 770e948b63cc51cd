package org.typedsession.infinispan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.infinispan.cluster.SplitRecovery;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;

/**
 * Finds the sessions of one store that a split left with several live ids, and leaves one of each,
 * or none where either side had ended the session.
 *
 * <p>Which one stays follows from what is stored, the same on every node: the id of the latest
 * privilege change, and of two at the same time the greater one. What the user may do was decided
 * there last, and the cookie of that change was the last to reach the browser. The other ids become
 * tombstones that lead to it, so that a logout with one of them reaches the session and a request
 * with one of them is told from a stranger's.
 *
 * <p>Clients go on meanwhile, so every step is a conditional replacement of what was read. Several
 * nodes may look at once; whoever claims a session is the one who tidies it up, since two who saw
 * different ids of it could end each other's choice.
 *
 * <p>Looks through the whole store, because nothing but the handle connects the branches of a
 * session. With two nodes all of it is in the memory of each.
 */
final class ForkResolution {
  // How far clocks of nodes differ at most, and how long a remap takes.
  private static final Duration RECENT = Duration.ofMinutes(1);
  private static final int ATTEMPTS = 100;
  private static final Comparator<Branch> ORDER =
      Comparator.comparing((Branch branch) -> branch.live.session().privilegeChangedAt())
          .thenComparing(branch -> branch.id.stored());

  private final StoredSessions sessions;
  private final Consumer<SessionEvent> events;
  private final String mark;

  /** A live id of a session that may have others. */
  private record Branch(SessionId id, String text, StoredEntry.Live live) {
    /** Without the text, which has a session's data. */
    @Override
    public String toString() {
      return "Branch[%s, %s]".formatted(id, live);
    }
  }

  /** What there is of one session. */
  private record Look(List<Branch> branches, boolean isEnded) {
    boolean isForked() {
      return branches.size() > (isEnded ? 0 : 1);
    }
  }

  private enum Result {
    WHOLE,
    UNITED,
    ENDED,
    LEFT_TO_OTHERS
  }

  /**
   * @param random tells the claims of nodes apart
   * @param events told of every session of which an id was ended
   */
  ForkResolution(StoredSessions sessions, RandomGenerator random, Consumer<SessionEvent> events) {
    this.sessions = sessions;
    this.events = events;
    HexFormat hex = HexFormat.of();
    this.mark = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  /**
   * Looks through the store once. Not for several threads at a time.
   *
   * @throws org.typedsession.SessionStoreUnavailableException if the cache cannot answer; what was
   *     done until then holds
   */
  SplitRecovery.Tally run() {
    Set<SessionHandle> seen = new HashSet<>();
    Map<SessionHandle, Set<SessionId>> suspects = new HashMap<>();
    findSuspects(seen, suspects);
    if (!suspects.isEmpty()) {
      sessions.visitAll(
          (id, entry) -> {
            Set<SessionId> ids = suspects.get(entry.handle());
            if (ids != null) {
              ids.add(id);
            }
          });
    }
    Map<Result, Integer> counts = new HashMap<>();
    suspects.forEach((handle, ids) -> counts.merge(tidyUp(handle, ids), 1, Integer::sum));
    return new SplitRecovery.Tally(
        seen.size(),
        counts.getOrDefault(Result.UNITED, 0),
        counts.getOrDefault(Result.ENDED, 0),
        counts.getOrDefault(Result.LEFT_TO_OTHERS, 0));
  }

  // Handles alone first: few sessions are suspect, and only of those the ids are kept in mind. An
  // id that is replaced during the search leaves a recent tombstone in its place.
  private void findSuspects(Set<SessionHandle> seen, Map<SessionHandle, Set<SessionId>> suspects) {
    Instant recent = sessions.now().minus(RECENT);
    Consumer<SessionHandle> count =
        handle -> {
          if (!seen.add(handle)) {
            suspects.put(handle, new HashSet<>());
          }
        };
    sessions.visitAll(
        (id, entry) -> {
          boolean old =
              entry instanceof StoredEntry.Moved moved && moved.movedAt().isBefore(recent);
          if (!old && !(entry instanceof StoredEntry.Unreadable)) {
            count.accept(entry.handle());
          }
        },
        count);
  }

  private Result tidyUp(SessionHandle handle, Set<SessionId> ids) {
    if (!look(handle, ids).isForked()) {
      return Result.WHOLE;
    }
    if (!sessions.claim(handle, SplitRecovery.CLAIM, mark)) {
      return Result.LEFT_TO_OTHERS;
    }
    boolean acted = false;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Look look = look(handle, ids);
      if (!look.isForked()) {
        if (acted) {
          events.accept(new SessionEvent.SessionForkEnded(handle, sessions.now(), look.isEnded));
        }
        return acted ? (look.isEnded ? Result.ENDED : Result.UNITED) : Result.WHOLE;
      }
      acted |= look.isEnded ? endAll(look) : unite(look);
    }
    // Somebody keeps writing it; so there will be another chance.
    return Result.LEFT_TO_OTHERS;
  }

  private Look look(SessionHandle handle, Set<SessionId> ids) {
    Map<SessionId, Branch> branches = new HashMap<>();
    Set<SessionId> visited = new HashSet<>();
    boolean ended = sessions.isEndNoted(handle);
    for (SessionId id : ids) {
      SessionId at = id;
      while (visited.add(at)) {
        String text = sessions.get(at);
        StoredEntry entry = text == null ? null : EntryFormat.decode(text);
        if (text == null || entry == null || !entry.handle().equals(handle)) {
          break;
        }
        if (entry instanceof StoredEntry.Moved moved) {
          at = moved.successor();
        } else if (entry instanceof StoredEntry.Live live) {
          if (sessions.isUsable(at, live)) {
            branches.put(at, new Branch(at, text, live));
          } else {
            // Of a remap in flight it is found from its predecessor, which may confirm it
            // meanwhile.
            visited.remove(at);
          }
          break;
        } else if (entry instanceof StoredEntry.Ended) {
          ended = true;
        }
      }
    }
    return new Look(List.copyOf(branches.values()), ended);
  }

  private boolean endAll(Look look) {
    boolean acted = false;
    for (Branch branch : look.branches) {
      acted |= sessions.replaceByEnd(branch.id, branch.text, branch.live);
    }
    return acted;
  }

  private boolean unite(Look look) {
    List<Branch> branches = new ArrayList<>(look.branches);
    branches.sort(ORDER);
    Branch kept = branches.remove(branches.size() - 1);
    boolean acted = false;
    for (Branch branch : branches) {
      acted |= sessions.replaceByMove(branch.id, branch.text, branch.live, kept.id, kept.live);
    }
    return acted;
  }
}
