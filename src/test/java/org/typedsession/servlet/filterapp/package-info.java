/**
 * The filter application: a web application that does to its responses whatever an application may
 * do, with sessions of two types, and lets its client watch and trip the store over HTTP.
 *
 * <p>It registers itself by {@link org.typedsession.servlet.filterapp.FilterApplication}, knows no
 * container, and so runs in an embedded one as well as in a WAR.
 */
@NullMarked
package org.typedsession.servlet.filterapp;

import org.jspecify.annotations.NullMarked;
