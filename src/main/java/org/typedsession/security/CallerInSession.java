package org.typedsession.security;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an {@code HttpAuthenticationMechanism} of Jakarta Security whose caller is kept in the
 * typed session, and not in the {@code HttpSession}.
 *
 * <ul>
 *   <li>A request whose session has a caller is that caller's, groups included, without the
 *       mechanism being asked; unless the application itself has called {@code
 *       SecurityContext.authenticate} with a credential, or for a new authentication.
 *   <li>A login, which is what the mechanism answers with SUCCESS and a caller, gives the session a
 *       new id, in the atomic step that stores the caller.
 *   <li>{@code HttpServletRequest.logout} ends the session.
 * </ul>
 *
 * <p>A request with a cookie of such a session costs one read of the store, static files included,
 * as the container has to know the caller of each. If the store cannot answer, the request is
 * refused with 503 and not taken for one without a caller.
 *
 * <p>The data has to be a class that implements {@link CallerData}, and {@code Session} of it has
 * to be injected somewhere; the deployment fails otherwise.
 */
@Documented
@Inherited
@InterceptorBinding
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface CallerInSession {
  /** The session data. */
  @Nonbinding
  Class<?> value();
}
