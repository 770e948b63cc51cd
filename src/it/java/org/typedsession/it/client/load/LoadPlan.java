package org.typedsession.it.client.load;

import java.time.Duration;
import java.util.List;

/**
 * Who is to do what.
 *
 * @param nodes where requests go
 * @param browsers how many cookie jars there are
 * @param secondTabs how many of the browsers have two tabs, which share the jar
 * @param routing which node a request goes to
 * @param requestTimeout how long a user waits for an answer
 * @param pause how long a user waits between an answer and its next request, on average
 * @param sessionLife how long sessions live at least without being used; those left alone for
 *     longer are not looked at in the end
 * @param seed of the dice
 */
public record LoadPlan(
    List<Node> nodes,
    int browsers,
    int secondTabs,
    Routing routing,
    Duration requestTimeout,
    Duration pause,
    Duration sessionLife,
    long seed) {

  public LoadPlan {
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes must not be empty");
    }
    if (browsers < 1) {
      throw new IllegalArgumentException("browsers must be positive, was " + browsers);
    }
    if (secondTabs < 0 || secondTabs > browsers) {
      throw new IllegalArgumentException(
          "secondTabs must be from 0 to %d, was %d".formatted(browsers, secondTabs));
    }
    if (requestTimeout.isNegative() || requestTimeout.isZero()) {
      throw new IllegalArgumentException("requestTimeout must be positive, was " + requestTimeout);
    }
    if (pause.isNegative()) {
      throw new IllegalArgumentException("pause must not be negative, was " + pause);
    }
  }

  /** Sixteen browsers, four of them with two tabs, that take any node and hardly pause. */
  public static LoadPlan of(List<Node> nodes) {
    return new LoadPlan(
        nodes,
        16,
        4,
        Routing.RANDOM,
        Duration.ofSeconds(5),
        Duration.ofMillis(5),
        Duration.ofMinutes(25),
        1);
  }

  public LoadPlan withBrowsers(int number, int ofThemWithTwoTabs) {
    return new LoadPlan(
        nodes, number, ofThemWithTwoTabs, routing, requestTimeout, pause, sessionLife, seed);
  }

  public LoadPlan withRouting(Routing newRouting) {
    return new LoadPlan(
        nodes, browsers, secondTabs, newRouting, requestTimeout, pause, sessionLife, seed);
  }

  public LoadPlan withRequestTimeout(Duration timeout) {
    return new LoadPlan(nodes, browsers, secondTabs, routing, timeout, pause, sessionLife, seed);
  }

  public LoadPlan withPause(Duration newPause) {
    return new LoadPlan(
        nodes, browsers, secondTabs, routing, requestTimeout, newPause, sessionLife, seed);
  }

  public LoadPlan withSessionLife(Duration life) {
    return new LoadPlan(nodes, browsers, secondTabs, routing, requestTimeout, pause, life, seed);
  }

  public LoadPlan withSeed(long newSeed) {
    return new LoadPlan(
        nodes, browsers, secondTabs, routing, requestTimeout, pause, sessionLife, newSeed);
  }
}
