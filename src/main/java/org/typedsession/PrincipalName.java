package org.typedsession;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the record component of session data that holds the name of the session's principal, so
 * that their sessions can be listed, limited and ended together ({@link SessionStore#sessions}).
 *
 * <p>The component is a {@code String}; null and the empty text are nobody. It may be in the record
 * of the data, in a subtype of a sealed interface, or in a record that is a component of either, at
 * any depth; in a collection it is not looked for. A type has one such component at most, or one in
 * each subtype. Changing it is a privilege change, as of a component marked {@link Privilege}.
 *
 * <p>Data with this mark says who its principal is. The name that the container has authenticated
 * does not count for such a type, and {@link Session#login} is refused.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface PrincipalName {}
