package org.typedsession.it.apps;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.typedsession.SessionConflictException;

/** An application's own answer to a lost race. */
@Provider
public class OwnMapper implements ExceptionMapper<SessionConflictException> {
  @Override
  public Response toResponse(SessionConflictException exception) {
    return Response.status(418).entity("lost").build();
  }
}
