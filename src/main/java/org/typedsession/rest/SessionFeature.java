package org.typedsession.rest;

import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;

/**
 * Has Jakarta REST answer 409 and 503 where its resources let the exceptions of sessions pass, as
 * the servlet filter does for those that reach it.
 *
 * <p>Implementations of Jakarta REST find it as a service, also for applications that list their
 * classes. A mapper of the application for one of these exceptions, or for all of them, comes
 * first.
 */
public final class SessionFeature implements Feature {
  /** For implementations of Jakarta REST. */
  public SessionFeature() {}

  @Override
  public boolean configure(FeatureContext context) {
    context.register(SessionExceptionMapper.class, Integer.MAX_VALUE);
    return true;
  }
}
