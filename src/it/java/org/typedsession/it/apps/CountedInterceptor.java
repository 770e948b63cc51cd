package org.typedsession.it.apps;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import org.typedsession.Session;

/** Counts calls in the session of the caller's client. */
@Counted
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
public class CountedInterceptor {
  @Inject private Session<Visit> session;

  @AroundInvoke
  Object count(InvocationContext call) throws Exception {
    session.update(Visit::more);
    return call.proceed();
  }
}
