package org.typedsession.it.client.load;

import java.util.Optional;
import java.util.Random;
import org.typedsession.testkit.history.SessionCall;

/** What a user does. */
enum Action {
  LOOK("GET", "api/visit"),
  CLICK("POST", "api/count"),
  LOG_IN("POST", "api/login"),
  ROTATE("POST", "api/rotate"),
  LOG_OUT("POST", "api/logout");

  private final String method;
  private final String path;

  Action(String method, String path) {
    this.method = method;
    this.path = path;
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  /** Whether the id that is used may be dead afterwards. */
  boolean mayEndTheId() {
    return this == LOG_IN || this == ROTATE || this == LOG_OUT;
  }

  /** Whether a client without a session gets one. */
  boolean begins() {
    return this == CLICK || this == LOG_IN;
  }

  /**
   * This action as the checker of histories knows it.
   *
   * @param id under which id it was asked for
   * @param successor the id that was given out; empty if none was, or nobody knows
   */
  SessionCall call(String id, Optional<String> successor) {
    return switch (this) {
      case LOOK -> SessionCall.read(id);
      case CLICK -> SessionCall.increment(id);
      case LOG_IN, ROTATE -> SessionCall.rotate(id, successor.orElse(SessionCall.LOST_ID));
      case LOG_OUT -> SessionCall.end(id);
    };
  }

  /** What users do, mostly look and click. */
  static Action any(Random random, boolean hasSession) {
    int dice = random.nextInt(100);
    if (!hasSession) {
      return dice < 80 ? CLICK : LOG_IN;
    }
    if (dice < 44) {
      return LOOK;
    }
    if (dice < 82) {
      return CLICK;
    }
    if (dice < 97) {
      return dice < 90 ? LOG_IN : ROTATE;
    }
    return LOG_OUT;
  }
}
