package org.typedsession.cdi;

import jakarta.enterprise.context.NormalScope;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The scope of the injected {@code Session<Cart>}: one request, through all of its dispatches. Not
 * {@code @RequestScoped}, as not every server has that active in an asynchronous dispatch.
 */
@NormalScope
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface RequestSessionScoped {}
