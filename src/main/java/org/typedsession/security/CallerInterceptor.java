package org.typedsession.security;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.AuthenticationParameters;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.typedsession.servlet.EarlySessions;
import org.typedsession.servlet.RequestSessions;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.spi.OpenSession;

/**
 * What {@link CallerInSession} does. Not for use by applications.
 *
 * <p>Most containers authenticate in front of all filters. The session is opened there already, and
 * stored by the filter, to which the container goes on after a login.
 *
 * <p>The extension makes it an {@link Interceptor}. With the annotation, Payara would take every
 * application that has this library for one with CDI, also without a {@code beans.xml}.
 */
@CallerInSession(CallerData.class)
@Priority(CallerInterceptor.PRIORITY)
public class CallerInterceptor {
  /** In front of those of Jakarta Security, of which one would redirect to its login page. */
  static final int PRIORITY = Interceptor.Priority.PLATFORM_BEFORE + 190;

  private final CallerBindings bindings;
  private final EarlySessions sessions = new EarlySessions();

  /** For containers. */
  @Inject
  public CallerInterceptor(CallerBindings bindings) {
    this.bindings = bindings;
  }

  /**
   * For containers.
   *
   * @throws Exception what the authentication mechanism throws
   */
  @AroundInvoke
  public @Nullable Object around(InvocationContext invocation) throws Exception {
    Object[] parameters = invocation.getParameters();
    if (parameters.length != 3 || !(parameters[2] instanceof HttpMessageContext message)) {
      return invocation.proceed();
    }
    return switch (invocation.getMethod().getName()) {
      case "validateRequest" -> authenticate(invocation, message);
      case "cleanSubject" -> logOut(invocation, message);
      default -> invocation.proceed();
    };
  }

  private @Nullable Object authenticate(InvocationContext invocation, HttpMessageContext message)
      throws Exception {
    OpenSession<?> session;
    Optional<String> caller;
    try {
      session = session(invocation, message);
      // A session that this request has ended has no caller any more.
      caller = asksForMore(message) || session.isDeleted() ? Optional.empty() : session.principal();
    } catch (RuntimeException failure) {
      // In front of the filter there is nobody else to answer it.
      if (sessions.answer(failure, message.getRequest(), message.getResponse())) {
        return AuthenticationStatus.SEND_FAILURE;
      }
      throw failure;
    }
    if (caller.isPresent()) {
      return message.notifyContainerAboutLogin(caller.get(), groups(session));
    }
    Object status = invocation.proceed();
    Principal principal = message.getCallerPrincipal();
    if (status == AuthenticationStatus.SUCCESS && principal != null) {
      logIn(session, principal.getName(), message.getGroups());
    }
    return status;
  }

  /** Whether the application wants the mechanism to look, whoever the caller is so far. */
  private static boolean asksForMore(HttpMessageContext message) {
    AuthenticationParameters parameters = message.getAuthParameters();
    return parameters != null
        && (parameters.isNewAuthentication() || parameters.getCredential() != null);
  }

  private @Nullable Object logOut(InvocationContext invocation, HttpMessageContext message)
      throws Exception {
    Object nothing = invocation.proceed();
    OpenSession<?> session = session(invocation, message);
    session.delete();
    if (RequestSessions.current().isEmpty()) {
      // The container may end the request without coming to the filter.
      session.save();
    }
    return nothing;
  }

  private OpenSession<?> session(InvocationContext invocation, HttpMessageContext message) {
    return open(bindings.binding(dataOf(invocation)), message.getRequest());
  }

  private <D> OpenSession<D> open(SessionBinding<D> binding, HttpServletRequest request) {
    return sessions.of(request).session(binding);
  }

  private static Class<?> dataOf(InvocationContext invocation) {
    // Inherited by the class that the container makes of the mechanism.
    return invocation.getTarget().getClass().getAnnotation(CallerInSession.class).value();
  }

  private static Set<String> groups(OpenSession<?> session) {
    return ((CallerData<?>) session.data()).callerGroups();
  }

  private static <D> void logIn(OpenSession<D> session, String name, @Nullable Set<String> groups) {
    Set<String> known = groups == null ? Set.of() : Set.copyOf(groups);
    session.update(data -> withCaller(data, name, known));
    session.authenticated(name);
  }

  @SuppressWarnings("unchecked") // of itself, as the deployment has checked
  private static <D> D withCaller(D data, String name, Set<String> groups) {
    return (D) ((CallerData<?>) data).withCaller(name, groups);
  }
}
