package org.typedsession.assembly;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** Definition error: a type that the codec refuses. */
  static String unfitForCodec(String type, @Nullable String reason) {
    return "TSESS0006: session data of type %s cannot be stored: %s".formatted(type, reason);
  }

  /** Deployment error: the default data does not survive its codec. */
  static String defaultNotStorable(String type, @Nullable String reason) {
    return ("TSESS0011: the data that a session of %s begins with cannot be made, stored and read"
            + " back: %s")
        .formatted(type, reason);
  }

  /** WARNING: a type without a mark. */
  static String noPrivilege(String type) {
    return ("TSESS0013: %s declares no privilege, so every change of a session gives it"
            + " a new id, and of parallel requests that write only one succeeds; mark the record"
            + " components that decide what its user may do with @Privilege, or make the type a sealed interface")
        .formatted(type);
  }

  /** INFO: a store has started. */
  static String started(String type, String backEnd, String namespace, String codec) {
    return "TSESS0014: sessions of %s are kept in %s, namespace %s, as %s"
        .formatted(type, backEnd, namespace, codec);
  }

  /** INFO: the filter serves a type. */
  static String bound(String type, String namespace, String filter, String cookie) {
    return "TSESS0016: sessions of %s: namespace %s, filter %s, cookie %s"
        .formatted(type, namespace, filter, cookie);
  }

  /** Thrown: an injected session that no filter serves. */
  static String notServed(String type) {
    return ("TSESS0017: the session filter does not serve %s: it was given SessionBindings of the"
            + " application; add a bean of type Session<%s> to them")
        .formatted(type, type);
  }

  /** Definition error: a principal's name where it cannot be. */
  static String unfitPrincipalName(String type, @Nullable String reason) {
    return "TSESS0018: session data of type %s does not say whose it is: %s"
        .formatted(type, reason);
  }

  /** Deployment error: a file of settings that cannot be used. */
  static String unreadableFile(String file, @Nullable String reason) {
    return "TSESS0033: %s cannot be read: %s".formatted(file, reason);
  }

  /** WARNING: settings beside a configuration bean. */
  static String settingsIgnored() {
    return "TSESS0036: the settings typed-session.* are ignored, because the application has a bean"
        + " of type TypedSessionConfiguration; remove one of the two";
  }

  /** Deployment error: a cookie that browsers would refuse. */
  static String unfitCookie(String type, @Nullable String reason) {
    return ("TSESS0037: browsers would refuse the cookie of sessions of %s: %s; change the settings"
            + " typed-session.cookie.*, where a path or a domain needs a cookie.name without the"
            + " prefix __Host-")
        .formatted(type, reason);
  }

  /** Deployment error: two types, one cookie. */
  static String sharedCookie(String name, Set<String> types) {
    return ("TSESS0038: the types %s would overwrite each other's cookie %s; set"
            + " typed-session.<type>.cookie.name for each")
        .formatted(new TreeSet<>(types), name);
  }

  /** WARNING: a cookie for plain HTTP. */
  static String insecureCookie(String type) {
    return ("TSESS0039: the cookie of sessions of %s is sent over plain HTTP too, where anybody on"
            + " the way can take it; typed-session.cookie.secure=false is for development only")
        .formatted(type);
  }

  /** Deployment error: the stores were in use before the filter could say where. */
  static String startedElsewhere(String before, String now) {
    return ("TSESS0040: the session stores were started for %s already and cannot be started for %s:"
            + " either something used a SessionStore before the server said where the application is"
            + " served, as an enterprise bean with @Startup does (the cause of this exception shows"
            + " where); use it in a ServletContextListener, in an observer of"
            + " @Initialized(ApplicationScoped.class) of the web application, or later, or set"
            + " typed-session.namespace, with which it may be used at any time. Or two web"
            + " applications, or two virtual hosts, share one CDI container; set"
            + " typed-session.namespace")
        .formatted(before, now);
  }

  /** Deployment error: a back-end that does not start. */
  static String startFailed(String type, @Nullable String reason) {
    return "TSESS0041: the store for sessions of %s cannot be started: %s".formatted(type, reason);
  }

  /** Deployment error: a library that the configuration needs. */
  static String libraryMissing(String library) {
    return ("TSESS0042: %s is not visible to this application; add it, or on WildFly the module, or"
            + " choose otherwise with typed-session.store or typed-session.codec")
        .formatted(library);
  }

  /** Deployment error: a container of the server that is not there. */
  static String noContainer(String name) {
    return ("TSESS0043: the server has no Infinispan container %s; define it there, or correct"
            + " typed-session.infinispan.container")
        .formatted(name);
  }

  /** Deployment error: another application has these sessions. */
  static String namespaceInUse(String namespace, String backEnd, String other) {
    return ("TSESS0045: the sessions of %s in %s are those of another application of this server, %s,"
            + " so that a client of the one would have a session in the other. If that is meant, as for"
            + " two versions at one path (Tomcat's ##), set typed-session.namespace to the same value for"
            + " both; if not, to a value of its own. If that application has ended, its server was"
            + " stopped without telling the listeners: undeploy it, or close its CDI container, first")
        .formatted(namespace, backEnd, other);
  }

  /** Deployment error: nothing tells these sessions from those of others. */
  static String namespaceMissing(String backEnd) {
    return ("TSESS0046: sessions are to be kept in %s, before it is known where the application is"
            + " served, and the server has no name for it, so that nothing tells them from those of"
            + " other applications: set typed-session.namespace, or in a web application use the"
            + " SessionStore from a ServletContextListener on")
        .formatted(backEnd);
  }

  /** WARNING: two applications, one cookie. */
  static String cookieInUse(String cookie, String place, String other) {
    return ("TSESS0047: the cookie %s of %s is that of another application of this server too, %s."
            + " Cookies know no ports: if browsers reach both by one host name, each overwrites the"
            + " other's and logs its users out. Set typed-session.cookie.name for one of them, or for"
            + " both if they have different host names")
        .formatted(cookie, place, other);
  }

  /** WARNING: a limit on rotations that sessions reach which nothing else ends. */
  static String rotationsRunOut(String type, int rotations) {
    return ("TSESS0048: sessions of %s get a new id with every change, have no absolute lifetime, and"
            + " may change their id %s times: after that a session that is in use all the time can be"
            + " read and ended, but each change of it is answered with 503. Mark what decides what its"
            + " user may do with @Privilege, set typed-session.absolute-lifetime, or set"
            + " typed-session.maximum-rotations=unlimited")
        .formatted(type, Integer.toString(rotations));
  }

  /** Deployment error: nodes are found by DNS, and nobody says how many there are. */
  static String clusterSizeMissing(String query) {
    return ("TSESS0049: typed-session.infinispan.dns-query=%s says where the nodes are, and nothing"
            + " says how many: each would start as a cluster of its own, take live sessions for"
            + " unknown ones, and lose writes; set typed-session.infinispan.cluster-size to the"
            + " number of nodes")
        .formatted(query);
  }

  /** WARNING: a promise that the operator gave up. */
  static String servesWhenSplit(String cache, String container) {
    return ("TSESS0110: typed-session.infinispan.when-split=serve, in the cache %s of %s: when the"
            + " network splits both sides go on, so that until they meet again one session may have"
            + " two live ids, and when they do, an acknowledged write or logout of one side may be"
            + " undone; refuse keeps these promises and answers 503 meanwhile")
        .formatted(cache, container);
  }

  /** WARNING: a JGroups configuration finds the nodes, and nobody says how many there are. */
  static String clusterSizeUnknown(String jgroupsFile) {
    return ("TSESS0113: typed-session.infinispan.jgroups-file=%s is set and"
            + " typed-session.infinispan.cluster-size is not: a node that starts out of reach of the"
            + " others is a cluster of its own, takes live sessions for unknown ones, and loses"
            + " writes when it meets the others; set cluster-size to the number of nodes")
        .formatted(jgroupsFile);
  }
}
