package org.typedsession.it.servers;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the log of a node, which the others have chosen to lead, says about the distribution of the
 * sessions. The management interface does not tell.
 *
 * @param time of the line, to be compared with others of this machine
 * @param finished whether the members have what they are to have; otherwise they begin to copy
 * @param members who shares the sessions
 */
record Rebalance(String time, boolean finished, Set<String> members) {
  // Members log the category LIFECYCLE, for themselves.
  private static final Pattern LINE =
      Pattern.compile(
          "^(\\S+ \\S+) INFO +\\[org\\.infinispan\\.CLUSTER\\] .*\\[Context=typed-sessions\\] "
              + "(ISPN100002|ISPN100010): .*? with members \\[([^\\]]*)\\].*");

  static Optional<Rebalance> of(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new Rebalance(
                matcher.group(1),
                matcher.group(2).equals("ISPN100010"),
                Set.of(matcher.group(3).split(", "))))
        : Optional.empty();
  }
}
