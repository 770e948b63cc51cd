package org.typedsession;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record component of session data that decides what its user may do: a role, a user name,
 * a tenant.
 *
 * <p>Changing a marked component is a <em>privilege change</em>: the session gets a new id and the
 * client a new cookie value in the same atomic step that stores the change, and the old id is dead.
 * Every other change is <em>routine</em> and keeps the id. In data that is a sealed interface,
 * moving from one permitted subtype to another is a privilege change without any mark.
 *
 * <p>Marks count at any depth of nested records. A component that holds marked records inside a
 * collection, a map or an {@link java.util.Optional} counts as marked as a whole. What lies behind
 * a component of an interface that is not sealed, or of a class that is no record, is not looked
 * through: mark that component itself.
 *
 * <p>What is compared is what is stored, by its state: the fields of records and classes, the
 * elements of collections, those of a set or map in any order. The {@code equals} of an application
 * is not asked, and what was altered in place is a change as well.
 *
 * <p>Data that was stored by a version of the class without the component reads as null, 0, {@code
 * false} or empty there. Choose it so that this means no privilege: {@code verified} rather than
 * {@code suspended}.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Privilege {}
