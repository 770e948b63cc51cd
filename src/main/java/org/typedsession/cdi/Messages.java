package org.typedsession.cdi;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** Definition error: {@code @Inject Session}. */
  static String rawType(String point, String name) {
    return ("TSESS0001: %s injects %s without a type argument; name the session data class, as in"
            + " %s<MySession>")
        .formatted(point, name, name);
  }

  /** Definition error: {@code @Inject Session<T>}. */
  static String typeVariable(String point, String type) {
    return ("TSESS0002: %s injects %s, whose type argument is a variable; name the session data"
            + " class there, or inject in a subclass that does")
        .formatted(point, type);
  }

  /** Definition error: {@code @Inject Session<?>}. */
  static String wildcard(String point, String type) {
    return ("TSESS0003: %s injects %s, which may be any session; name the session data class, or"
            + " use Instance<%s> with @Any to see all of them")
        .formatted(point, type, type);
  }

  /** Definition error: {@code @Inject Session<Page<?>>}. */
  static String openType(String point, String type) {
    return ("TSESS0004: %s injects %s, whose session data is not wholly known; replace wildcards"
            + " and variables, and name all type arguments")
        .formatted(point, type);
  }

  /** Definition error: a type that cannot be session data. */
  static String unfitType(String point, String type, String reason) {
    return "TSESS0005: %s injects %s: %s".formatted(point, type, reason);
  }

  /**
   * Definition error: neither a bean nor a constructor.
   *
   * @param lack why the type makes none, as a clause after "which"
   */
  static String noDefault(String type, String lack) {
    return "TSESS0007: no default session data of type %1$s, which %2$s; add one, as @Produces %1$s"
        .formatted(type, lack);
  }

  /** Definition error: several beans of the data's type. */
  static String ambiguousDefault(String type, @Nullable String reason) {
    return ("TSESS0008: several CDI beans of type %s could be the data that a session begins with;"
            + " leave one, give the others a qualifier, and mark classes that are not meant as beans"
            + " with @Vetoed: %s")
        .formatted(type, reason);
  }

  /** Definition error: a client proxy as session data. */
  static String scopedDefault(String type, String scope) {
    return ("TSESS0009: the CDI bean of type %s, which is the data that a session begins with, is"
            + " @%s, so that a proxy would be stored; make it @Dependent")
        .formatted(type, scope);
  }

  /** Definition error: a store of the application that the filter cannot use. */
  static String storeWithoutSession(String type) {
    return ("TSESS0010: Session<%1$s> is injected, and the application has its own"
            + " SessionStore<%1$s>, which requests cannot be bound to; let it be a"
            + " DefaultSessionStore<%1$s>, or add a bean of type Session<%1$s>")
        .formatted(type);
  }

  /** Thrown: an injected session without a request, or before the filter. */
  static String outsideOfRequest(String type) {
    return ("TSESS0012: %s was used where no session filter is at work. On another thread than the"
            + " request's, use what Session.unwrap() gave to that; without a request, use"
            + " SessionStore. Before the filter (a ServletRequestListener, an"
            + " HttpAuthenticationMechanism, a filter in front of it) there is no session yet: do it"
            + " in a filter behind it, or let @CallerInSession on the mechanism do it")
        .formatted(type);
  }

  /** WARNING: an observer of a session event failed. */
  static String observerFailed(String event, SessionHandle handle) {
    return "TSESS0015: an observer of %s failed for session %s".formatted(event, handle);
  }

  /** Thrown, behind TSESS0011 at the deployment: the bean of the default data. */
  static String defaultNotMade(String bean, String reason) {
    return ("TSESS0019: %s failed: %s. It is called when the application starts too, and by"
            + " SessionStore.create(), where there is no request. If it uses something of one"
            + " (HttpServletRequest, a @RequestScoped bean), let it make data that needs none, and"
            + " put the rest in with Session.update() while a request is served")
        .formatted(bean, reason);
  }

  /** Deployment error: a configuration bean for no type. */
  static String misnamedConfiguration(String name, Set<String> types) {
    return ("TSESS0034: the TypedSessionConfiguration bean named %s is for no type of session data;"
            + " remove the name, or let it be one of %s")
        .formatted(name, new TreeSet<>(types));
  }

  /** Deployment error: a configuration bean that cannot be had. */
  static String unusableConfiguration(@Nullable String reason) {
    return "TSESS0035: the bean of type TypedSessionConfiguration cannot be used: %s"
        .formatted(reason);
  }

  /** WARNING: observers are slower than events come. */
  static String eventsDropped() {
    return "TSESS0056: observers of session events are slower than the events come; one event was dropped";
  }

  /** Deployment error: a mechanism names data that cannot keep a caller. */
  static String callerDataMissing(String mechanism, String data) {
    return "TSESS0060: %s is to keep its callers in sessions with %s, which does not implement CallerData; let it"
        .formatted(mechanism, data);
  }

  /** Deployment error: a mechanism names data that is not injected. */
  static String callerSessionMissing(String mechanism, String data) {
    return ("TSESS0061: %s is to keep its callers in sessions with %s, which nothing injects; inject Session<%s>"
            + " where the application needs it")
        .formatted(mechanism, data, data.substring(data.lastIndexOf('.') + 1));
  }

  /** Thrown, behind {@link #outsideOfRequest}: there is no filter at all. */
  static String filterMissing(String fragment, String filter) {
    return ("TSESS0082: no session filter has been started in this application. If its web.xml has an"
            + " <absolute-ordering>, the server skips the libraries that it does not list: add"
            + " <name>%s</name> or <others/> to it. Otherwise put the library into WEB-INF/lib, or map"
            + " the filter %s in web.xml")
        .formatted(fragment, filter);
  }

  /** WARNING: the server showed an injection point when all beans were made already. */
  static String askedTooLate(String point) {
    return ("TSESS0083: nothing can be injected into %s, because this server looks into a class that"
            + " is no bean only when it is used. Give the class a scope such as @Dependent, or the"
            + " application a WEB-INF/beans.xml with bean-discovery-mode=\"all\"")
        .formatted(point);
  }
}
