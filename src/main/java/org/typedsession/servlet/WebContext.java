package org.typedsession.servlet;

import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;

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
  // By the loader of the application's classes, which every thread has that works for it. CDI may
  // not run yet when this is filled, so that no bean could hold it.
  private static final Map<ClassLoader, WebContext> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Where the web application is served that this thread works for, from before its first listener
   * is called until the last was. Empty outside of the web, and where a server does not call {@link
   * SessionFilterInitializer}. Of an application that is served at several places it is the one
   * that was started last.
   *
   * <p>Safe for use by many threads.
   */
  public static Optional<WebContext> current() {
    return loader().map(KNOWN::get);
  }

  /** Lets {@link #current} find this. */
  void begin() {
    loader().ifPresent(loader -> KNOWN.put(loader, this));
  }

  /** Lets {@link #current} find this no longer. */
  void end() {
    loader().ifPresent(loader -> KNOWN.remove(loader, this));
  }

  private static Optional<ClassLoader> loader() {
    return Optional.ofNullable(Thread.currentThread().getContextClassLoader());
  }

  static WebContext of(ServletContext context, String filter) {
    return new WebContext(
        Objects.requireNonNullElse(context.getVirtualServerName(), ""),
        context.getContextPath(),
        filter);
  }
}
