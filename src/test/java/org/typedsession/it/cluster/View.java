package org.typedsession.it.cluster;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a node takes for the members of its cluster.
 *
 * @param members the first of them leads; none while nothing needs the channel
 */
record View(List<String> members) {
  // After a merge the parts that were merged follow, each with a list of its own.
  private static final Pattern MEMBERS = Pattern.compile("\\(\\d+\\) \\[([^\\]]*)\\]");

  View {
    members = List.copyOf(members);
  }

  /**
   * What the management interface shows.
   *
   * @param text like "[node1|2] (3) [node1, node2, node3]", or "undefined"
   */
  static View of(String text) {
    Matcher matcher = MEMBERS.matcher(text);
    return new View(matcher.find() ? List.of(matcher.group(1).split(", ")) : List.of());
  }
}
