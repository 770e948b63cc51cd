package org.typedsession.it.client.load;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A cookie jar with one place, and a way to the nodes; one or two tabs share it. */
final class Browser {
  private final List<Node> nodes;
  private final Routing routing;
  private final AtomicReference<@Nullable HeldCookie> cookie = new AtomicReference<>();
  private final AtomicInteger own;

  Browser(List<Node> nodes, Routing routing, int number) {
    this.nodes = nodes;
    this.routing = routing;
    this.own = new AtomicInteger(number % nodes.size());
  }

  @Nullable HeldCookie cookie() {
    return cookie.get();
  }

  /** As browsers do, whoever's answer comes last. */
  void set(@Nullable HeldCookie received) {
    cookie.set(received);
  }

  /** There was said to be no session for {@code dead}: begins anew, unless a tab has done so. */
  void drop(HeldCookie dead) {
    cookie.compareAndSet(dead, null);
  }

  /**
   * Chooses where the next request goes.
   *
   * @param refusing the node that has refused the one before; null if it was not refused
   */
  Node route(Random random, @Nullable Node refusing) {
    if (routing == Routing.STICKY) {
      int place = own.get();
      if (nodes.get(place).equals(refusing)) {
        // Only one of two tabs moves on.
        own.compareAndSet(place, (place + 1) % nodes.size());
      }
      return nodes.get(own.get());
    }
    Node node = nodes.get(random.nextInt(nodes.size()));
    while (nodes.size() > 1 && node.equals(refusing)) {
      node = nodes.get(random.nextInt(nodes.size()));
    }
    return node;
  }
}
