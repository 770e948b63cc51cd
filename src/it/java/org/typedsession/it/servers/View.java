package org.typedsession.it.servers;

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
  // The name of a member is followed by the version of its Infinispan.
  private static final Pattern VERSION = Pattern.compile("\\(v=[^)]*\\)");

  View {
    members = List.copyOf(members);
  }

  /**
   * What the management interface shows.
   *
   * @param text like "[node1(v=16.0.5)|2] (2) [node1(v=16.0.5), node2(v=16.0.5)]", or "undefined"
   */
  static View of(String text) {
    Matcher matcher = MEMBERS.matcher(VERSION.matcher(text).replaceAll(""));
    return new View(matcher.find() ? List.of(matcher.group(1).split(", ")) : List.of());
  }
}
