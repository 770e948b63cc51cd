package org.typedsession.log;

/**
 * Texts that several packages log, each with an id as those in the {@code Messages} of one package.
 */
public final class SharedMessages {
  private SharedMessages() {}

  /**
   * ERROR: a session could not be stored, for a reason that is neither a conflict nor an outage.
   */
  public static String answering500(String reason) {
    return "TSESS0080: answering 500, because a session could not be stored: " + reason;
  }
}
