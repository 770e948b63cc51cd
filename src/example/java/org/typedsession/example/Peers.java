package org.typedsession.example;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The nodes that a visitor can choose from: on one host, each on a port of its own.
 *
 * <p>The system property {@code example.nodes} lists them, as in {@code node1:8080,node2:8180}.
 * Without it there is nothing to choose.
 */
final class Peers {
  private static final String FORM = "example.nodes must be like node1:8080,node2:8180, was ";
  private static final Pattern PEER = Pattern.compile("([A-Za-z0-9_-]{1,40}):([0-9]{1,5})");
  // It goes into a header, and a client may send any.
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}");

  static final List<Peer> ALL = parse(System.getProperty("example.nodes", ""));

  private Peers() {}

  /**
   * One of the nodes.
   *
   * @param name its {@code jboss.node.name}
   * @param port where it serves HTTP
   */
  record Peer(String name, int port) {}

  static List<Peer> parse(String text) {
    return text.isBlank() ? List.of() : Stream.of(text.split(",")).map(Peers::peer).toList();
  }

  private static Peer peer(String text) {
    Matcher matcher = PEER.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(FORM + text);
    }
    return new Peer(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  /** The origins of {@code peers} as the client of {@code request} would call them. */
  static List<String> origins(List<Peer> peers, HttpServletRequest request) {
    String host = request.getServerName();
    if (!HOST.matcher(host).matches()) {
      return List.of();
    }
    return peers.stream()
        .map(peer -> request.getScheme() + "://" + host + ":" + peer.port())
        .toList();
  }
}
