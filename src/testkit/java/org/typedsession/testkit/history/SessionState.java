package org.typedsession.testkit.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One session between two operations.
 *
 * @param live the values by the ids that are accepted. More than one only where a {@link
 *     SessionCall.Copy} is assumed
 * @param dead the ids that were accepted and are no more
 * @param ended what was live when the session was ended; empty if it was not
 */
record SessionState(Map<String, Long> live, Set<String> dead, Optional<Map<String, Long>> ended) {
  static final SessionState NONE = new SessionState(Map.of(), Set.of(), Optional.empty());

  boolean isNone() {
    return equals(NONE);
  }

  boolean isLive(String id) {
    return live.containsKey(id);
  }

  boolean isKnown(String id) {
    return live.containsKey(id) || dead.contains(id);
  }

  /** With {@code id} accepted, for {@code value}. */
  SessionState with(String id, long value) {
    Map<String, Long> values = new HashMap<>(live);
    values.put(id, value);
    Set<String> others = dead;
    if (dead.contains(id)) {
      others = new HashSet<>(dead);
      others.remove(id);
    }
    return new SessionState(values, others, ended);
  }

  /** With {@code id} dead. */
  SessionState without(String id) {
    Map<String, Long> values = new HashMap<>(live);
    values.remove(id);
    Set<String> others = new HashSet<>(dead);
    others.add(id);
    return new SessionState(values, others, ended);
  }

  SessionState end() {
    if (live.isEmpty()) {
      return this;
    }
    Set<String> others = new HashSet<>(dead);
    others.addAll(live.keySet());
    return new SessionState(Map.of(), others, Optional.of(live));
  }

  SessionState revive() {
    if (ended.isEmpty()) {
      return this;
    }
    Set<String> others = new HashSet<>(dead);
    others.removeAll(ended.get().keySet());
    return new SessionState(ended.get(), others, Optional.empty());
  }

  @Override
  public String toString() {
    if (!live.isEmpty()) {
      return "live under " + live;
    }
    return isNone() ? "not begun" : "ended";
  }
}
