package org.typedsession.example;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Which server of a cluster this is. */
final class Node {
  static final String NAME = name();

  private Node() {}

  private static String name() {
    String configured = System.getProperty("jboss.node.name");
    if (configured != null) {
      return configured;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
