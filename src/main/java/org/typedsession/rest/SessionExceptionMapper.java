package org.typedsession.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionException;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionLimitException;
import org.typedsession.SessionStoreUnavailableException;

/**
 * The answer to a failure of a session. Without it, what is thrown while an entity is written or by
 * an asynchronous resource never reaches the servlet filter: it would be a 500.
 */
public final class SessionExceptionMapper implements ExceptionMapper<SessionException> {
  private static final System.Logger LOGGER =
      System.getLogger(SessionExceptionMapper.class.getName());
  private static final int RETRY_AFTER_SECONDS = 5;

  /** For implementations of Jakarta REST. */
  public SessionExceptionMapper() {}

  @Override
  public Response toResponse(SessionException failure) {
    if (failure instanceof SessionConflictException) {
      LOGGER.log(System.Logger.Level.DEBUG, "answering 409", failure);
      return refusal(Status.CONFLICT).build();
    }
    if (failure instanceof SessionLimitException) {
      LOGGER.log(System.Logger.Level.DEBUG, "answering 403", failure);
      return refusal(Status.FORBIDDEN).build();
    }
    if (failure instanceof SessionStoreUnavailableException
        || failure instanceof SessionIdCollisionException) {
      LOGGER.log(System.Logger.Level.DEBUG, "answering 503", failure);
      return refusal(Status.SERVICE_UNAVAILABLE)
          .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
          .build();
    }
    // Of a session, but nothing that trying again would mend.
    LOGGER.log(System.Logger.Level.ERROR, failure.toString(), failure);
    return refusal(Status.INTERNAL_SERVER_ERROR).build();
  }

  private static Response.ResponseBuilder refusal(Status status) {
    return Response.status(status).header(HttpHeaders.CACHE_CONTROL, "no-store");
  }
}
