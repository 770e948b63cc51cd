package org.typedsession.servlet;

import jakarta.servlet.ServletContext;
import java.util.Objects;

/**
 * Where a web application is served.
 *
 * @param virtualServer the server's configured name of the virtual host ({@link
 *     ServletContext#getVirtualServerName()}), which need not be a name that clients use; empty if
 *     the server gives none
 * @param path the context path: empty for the root, otherwise with a leading slash
 * @param filter the name under which the session filter is registered
 */
public record WebContext(String virtualServer, String path, String filter) {
  static WebContext of(ServletContext context, String filter) {
    return new WebContext(
        Objects.requireNonNullElse(context.getVirtualServerName(), ""),
        context.getContextPath(),
        filter);
  }
}
