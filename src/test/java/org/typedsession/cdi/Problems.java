package org.typedsession.cdi;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a failed deployment says, whichever way Weld puts several problems into one exception. */
final class Problems {
  private Problems() {}

  static String of(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
