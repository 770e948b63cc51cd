package org.typedsession.servlet.response;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionLimitException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.RetryAfter;

/**
 * The answer to a request whose session could not be stored or read.
 *
 * @param status the HTTP status
 * @param retryAfter in how many seconds it is worth trying again; 0 if that is not known
 */
public record Refusal(int status, int retryAfter) {
  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());
  private static final Refusal FORBIDDEN = new Refusal(HttpServletResponse.SC_FORBIDDEN, 0);
  private static final Refusal UNAVAILABLE =
      new Refusal(HttpServletResponse.SC_SERVICE_UNAVAILABLE, RetryAfter.UNAVAILABLE);
  private static final Refusal OTHER = new Refusal(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, 0);
  // Of what was to be the answer: what it is, where it is, and how long it is good for.
  private static final Set<String> OF_THE_BODY =
      Set.of(
          "accept-ranges",
          "age",
          "digest",
          "etag",
          "expires",
          "last-modified",
          "location",
          "pragma",
          "refresh",
          "repr-digest",
          "sourcemap",
          "trailer",
          "transfer-encoding");
  // Chains of causes may be circular.
  private static final int DEEPEST_CAUSE = 20;

  /** The answer to a failure of a session, which applications may have wrapped. */
  static Optional<Refusal> of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (cause instanceof SessionConflictException conflict) {
        LOGGER.log(System.Logger.Level.DEBUG, "answering 409", failure);
        return Optional.of(
            new Refusal(HttpServletResponse.SC_CONFLICT, RetryAfter.seconds(conflict)));
      }
      if (cause instanceof SessionLimitException) {
        LOGGER.log(System.Logger.Level.DEBUG, "answering 403", failure);
        return Optional.of(FORBIDDEN);
      }
      if (cause instanceof SessionStoreUnavailableException
          || cause instanceof SessionIdCollisionException) {
        // The store tells its operator, once for all requests.
        LOGGER.log(System.Logger.Level.DEBUG, "answering 503", failure);
        return Optional.of(UNAVAILABLE);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /**
   * The answer to anything that kept a session from being stored.
   *
   * @param unexpected receives what nobody else will tell of
   */
  static Refusal ofAny(Throwable failure, Consumer<Throwable> unexpected) {
    return of(failure)
        .orElseGet(
            () -> {
              unexpected.accept(failure);
              return OTHER;
            });
  }

  /**
   * Replaces what was to be the response, by way of the container's error pages.
   *
   * @return false if it is too late for that
   * @throws IOException if the answer cannot be written
   */
  public boolean send(HttpServletResponse response) throws IOException {
    if (!set(response)) {
      return false;
    }
    response.sendError(status);
    return true;
  }

  /**
   * Replaces what was to be the response by an empty one: outside of a dispatch no container
   * promises an error page.
   *
   * @return false if it is too late for that
   */
  public boolean set(HttpServletResponse response) {
    if (response.isCommitted()) {
      return false;
    }
    dropBody(response);
    mark(response);
    return true;
  }

  /**
   * The same, and sends it: GlassFish 8 gives a response that is not committed the status 200
   * before it tells the application's listeners that the request is complete.
   *
   * @return false if it was too late
   */
  public boolean sendEmpty(HttpServletResponse response) {
    boolean answered = set(response);
    try {
      response.flushBuffer();
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "the client has gone", e);
    }
    return answered;
  }

  /**
   * Drops the body, also the one that the application may have announced, and what described it.
   * Other headers stay: without those of CORS a script could not see the status.
   */
  private static void dropBody(HttpServletResponse response) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      if (!isOfTheBody(name)) {
        headers.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    // Not resetBuffer() and a length of -1: Payara keeps the length of a response that has a
    // writer, and the client would wait for the rest.
    response.reset();
    headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }

  private static boolean isOfTheBody(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return (lower.startsWith("content-") && !lower.startsWith("content-security-policy"))
        || OF_THE_BODY.contains(lower)
        || CacheHeaders.isOne(name);
  }

  /** Gives the response the status, keeps it out of caches, and leaves the rest as it is. */
  public void mark(HttpServletResponse response) {
    response.setStatus(status);
    CacheHeaders.forbid(response);
    if (retryAfter > 0) {
      response.setHeader("Retry-After", Integer.toString(retryAfter));
    }
  }
}
