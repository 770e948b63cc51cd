package org.typedsession.servlet.response;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Calls the redirect of Servlet 6.1, which the library is not compiled against. */
final class Redirect61 {
  private static final MethodHandle SEND = find();

  private Redirect61() {}

  private static MethodHandle find() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(
              HttpServletResponse.class,
              "sendRedirect",
              MethodType.methodType(void.class, String.class, int.class, boolean.class));
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("needs a container of Servlet 6.1", e);
    }
  }

  static void send(HttpServletResponse response, String location, int status, boolean clearBuffer)
      throws IOException {
    try {
      SEND.invokeExact(response, location, status, clearBuffer);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("sendRedirect declares no other exception", e);
    }
  }
}
