package org.typedsession.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;

/**
 * Every text of level INFO and above that this library logs, and of every deployment error, each
 * with an id that is never reused. Not meant for applications.
 *
 * <p>Ids: 0001 to 0029 definition errors, 0030 to 0049 configuration, 0050 to 0069 sessions, 0070
 * to 0089 and 0150 to 0169 requests, 0090 to 0119 Infinispan, 0120 to 0139 management, 0140 to 0149
 * codecs. Retired: 0072.
 *
 * <p>What requests can bring about is logged through a {@link LogLimit}; its {@code count} is how
 * often it happened since the last such line.
 */
public final class Messages {
  private Messages() {}

  /** Definition error: {@code @Inject Session}. */
  public static String rawType(String point, String name) {
    return ("TSESS0001: %s injects %s without a type argument; name the session data class, as in"
            + " %s<MySession>")
        .formatted(point, name, name);
  }

  /** Definition error: {@code @Inject Session<T>}. */
  public static String typeVariable(String point, String type) {
    return ("TSESS0002: %s injects %s, whose type argument is a variable; name the session data"
            + " class there, or inject in a subclass that does")
        .formatted(point, type);
  }

  /** Definition error: {@code @Inject Session<?>}. */
  public static String wildcard(String point, String type) {
    return ("TSESS0003: %s injects %s, which may be any session; name the session data class, or"
            + " use Instance<%s> with @Any to see all of them")
        .formatted(point, type, type);
  }

  /** Definition error: {@code @Inject Session<Page<?>>}. */
  public static String openType(String point, String type) {
    return ("TSESS0004: %s injects %s, whose session data is not wholly known; replace wildcards"
            + " and variables, and name all type arguments")
        .formatted(point, type);
  }

  /** Definition error: a type that cannot be session data. */
  public static String unfitType(String point, String type, String reason) {
    return "TSESS0005: %s injects %s: %s".formatted(point, type, reason);
  }

  /** Definition error: a type that the codec refuses. */
  public static String unfitForCodec(String type, @Nullable String reason) {
    return "TSESS0006: session data of type %s cannot be stored: %s".formatted(type, reason);
  }

  /** Definition error: a principal's name where it cannot be. */
  public static String unfitPrincipalName(String type, @Nullable String reason) {
    return "TSESS0018: session data of type %s does not say whose it is: %s"
        .formatted(type, reason);
  }

  /** Definition error: neither a bean nor a constructor. */
  public static String noDefault(String type, String unknown) {
    return ("TSESS0007: nobody says %2$s: %1$s has no CDI bean and no constructor without"
            + " parameters; add one of them, as @Produces %1$s")
        .formatted(type, unknown);
  }

  /** Definition error: several beans of the data's type. */
  public static String ambiguousDefault(String type, @Nullable String reason) {
    return ("TSESS0008: several CDI beans of type %s could be the data that a session begins with;"
            + " leave one, give the others a qualifier, and mark classes that are not meant as beans"
            + " with @Vetoed: %s")
        .formatted(type, reason);
  }

  /** Definition error: a client proxy as session data. */
  public static String scopedDefault(String type, String scope) {
    return ("TSESS0009: the CDI bean of type %s, which is the data that a session begins with, is"
            + " @%s, so that a proxy would be stored; make it @Dependent")
        .formatted(type, scope);
  }

  /** Definition error: a store of the application that the filter cannot use. */
  public static String storeWithoutSession(String type) {
    return ("TSESS0010: Session<%1$s> is injected, and the application has its own"
            + " SessionStore<%1$s>, which requests cannot be bound to; let it be a"
            + " DefaultSessionStore<%1$s>, or add a bean of type Session<%1$s>")
        .formatted(type);
  }

  /** Deployment error: the default data does not survive its codec. */
  public static String defaultNotStorable(String type, @Nullable String reason) {
    return ("TSESS0011: the data that a session of %s begins with cannot be made, stored and read"
            + " back: %s")
        .formatted(type, reason);
  }

  /** Thrown, behind {@link #defaultNotStorable} at the deployment: the bean of the default data. */
  public static String defaultNotMade(String bean, String reason) {
    return ("TSESS0019: %s failed: %s. It is called when the application starts too, and by"
            + " SessionStore.create(), where there is no request. If it uses something of one"
            + " (HttpServletRequest, a @RequestScoped bean), let it make data that needs none, and"
            + " put the rest in with Session.update() while a request is served")
        .formatted(bean, reason);
  }

  /** Thrown: an injected session without a request, or before the filter. */
  public static String outsideOfRequest(String type) {
    return ("TSESS0012: %s was used where no session filter is at work. On another thread than the"
            + " request's, use what Session.unwrap() gave to that; without a request, use"
            + " SessionStore. Before the filter (a ServletRequestListener, an"
            + " HttpAuthenticationMechanism, a filter in front of it) there is no session yet: do it"
            + " in a filter behind it, or let @CallerInSession on the mechanism do it")
        .formatted(type);
  }

  /** WARNING: a type without a mark. */
  public static String noPrivilege(String type) {
    return ("TSESS0013: %s does not tell what its user may do, so every change of a session gives it"
            + " a new id, and of parallel requests that write only one succeeds; mark the record"
            + " components that do tell with @Privilege, or make the type a sealed interface")
        .formatted(type);
  }

  /** INFO: a store has started. */
  public static String started(String type, String backEnd, String namespace, String codec) {
    return "TSESS0014: sessions of %s are kept in %s, namespace %s, as %s"
        .formatted(type, backEnd, namespace, codec);
  }

  /** INFO: the filter serves a type. */
  public static String bound(String type, String namespace, String filter, String cookie) {
    return "TSESS0016: sessions of %s: namespace %s, filter %s, cookie %s"
        .formatted(type, namespace, filter, cookie);
  }

  /** Thrown: an injected session that no filter serves. */
  public static String notServed(String type) {
    return ("TSESS0017: the session filter does not serve %s: it was given SessionBindings of the"
            + " application; add a bean of type Session<%s> to them")
        .formatted(type, type);
  }

  /** WARNING: an observer of a session event failed. */
  public static String observerFailed(String event, SessionHandle handle, long count) {
    return "TSESS0015: an observer of %s failed for session %s%s"
        .formatted(event, handle, others(count));
  }

  /** Deployment error: a value that cannot be one. */
  public static String invalidSetting(
      String key, String value, String origin, @Nullable String reason) {
    return "TSESS0030: %s=%s (%s) is refused: %s".formatted(key, value, origin, reason);
  }

  /** Deployment error: a key that means nothing. */
  public static String unknownSetting(String key, String origin, Optional<String> nearest) {
    return "TSESS0031: %s (%s) is no setting%s"
        .formatted(key, origin, nearest.map("; did you mean %s?"::formatted).orElse(""));
  }

  /** Deployment error: a value that its source cannot give. */
  public static String unreadableSetting(String key, String origin, @Nullable String reason) {
    return "TSESS0032: %s (%s) cannot be read: %s".formatted(key, origin, reason);
  }

  /** Deployment error: a file of settings that cannot be used. */
  public static String unreadableFile(String file, @Nullable String reason) {
    return "TSESS0033: %s cannot be read: %s".formatted(file, reason);
  }

  /** Deployment error: a configuration bean for no type. */
  public static String misnamedConfiguration(String name, Set<String> types) {
    return ("TSESS0034: the TypedSessionConfiguration bean named %s is for no type of session data;"
            + " remove the name, or let it be one of %s")
        .formatted(name, new TreeSet<>(types));
  }

  /** Deployment error: a configuration bean that cannot be had. */
  public static String unusableConfiguration(@Nullable String reason) {
    return "TSESS0035: the bean of type TypedSessionConfiguration cannot be used: %s"
        .formatted(reason);
  }

  /** WARNING: settings beside a configuration bean. */
  public static String settingsIgnored() {
    return "TSESS0036: the settings typed-session.* are ignored, because the application has a bean"
        + " of type TypedSessionConfiguration; remove one of the two";
  }

  /** Deployment error: a cookie that browsers would refuse. */
  public static String unfitCookie(String type, @Nullable String reason) {
    return ("TSESS0037: browsers would refuse the cookie of sessions of %s: %s; change the settings"
            + " typed-session.cookie.*, where a path or a domain needs a cookie.name without the"
            + " prefix __Host-")
        .formatted(type, reason);
  }

  /** Deployment error: two types, one cookie. */
  public static String sharedCookie(String name, Set<String> types) {
    return ("TSESS0038: the types %s would overwrite each other's cookie %s; set"
            + " typed-session.<type>.cookie.name for each")
        .formatted(new TreeSet<>(types), name);
  }

  /** WARNING: a cookie for plain HTTP. */
  public static String insecureCookie(String type) {
    return ("TSESS0039: the cookie of sessions of %s is sent over plain HTTP too, where anybody on"
            + " the way can take it; typed-session.cookie.secure=false is for development only")
        .formatted(type);
  }

  /** Deployment error: the stores were in use before the filter could say where. */
  public static String startedElsewhere(String before, String now) {
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
  public static String startFailed(String type, @Nullable String reason) {
    return "TSESS0041: the store for sessions of %s cannot be started: %s".formatted(type, reason);
  }

  /** Deployment error: a library that the configuration needs. */
  public static String libraryMissing(String library) {
    return ("TSESS0042: %s is not visible to this application; add it, or on WildFly the module, or"
            + " choose otherwise with typed-session.store or typed-session.codec")
        .formatted(library);
  }

  /** Deployment error: a container of the server that is not there. */
  public static String noContainer(String name) {
    return ("TSESS0043: the server has no Infinispan container %s; define it there, or correct"
            + " typed-session.infinispan.container")
        .formatted(name);
  }

  /** Deployment error: a container of the server that does not start. */
  public static String containerDown(String name) {
    return ("TSESS0044: the server's Infinispan container %s does not start; the server's log says"
            + " why, look there for its dependencies and for JGroups. Sessions are not kept elsewhere"
            + " meanwhile, because other nodes would not find them")
        .formatted(name);
  }

  /** Deployment error: another application has these sessions. */
  public static String namespaceInUse(String namespace, String backEnd, String other) {
    return ("TSESS0045: the sessions of %s in %s are those of another application of this server, %s,"
            + " so that a client of the one would have a session in the other. If that is meant, as for"
            + " two versions at one path (Tomcat's ##), set typed-session.namespace to the same value for"
            + " both; if not, to a value of its own. If that application has ended, its server was"
            + " stopped without telling the listeners: undeploy it, or close its CDI container, first")
        .formatted(namespace, backEnd, other);
  }

  /** Deployment error: nothing tells these sessions from those of others. */
  public static String namespaceMissing(String backEnd) {
    return ("TSESS0046: sessions are to be kept in %s, before it is known where the application is"
            + " served, and the server has no name for it, so that nothing tells them from those of"
            + " other applications: set typed-session.namespace, or in a web application use the"
            + " SessionStore from a ServletContextListener on")
        .formatted(backEnd);
  }

  /** WARNING: two applications, one cookie. */
  public static String cookieInUse(String cookie, String place, String other) {
    return ("TSESS0047: the cookie %s of %s is that of another application of this server too, %s."
            + " Cookies know no ports: if browsers reach both by one host name, each overwrites the"
            + " other's and logs its users out. Set typed-session.cookie.name for one of them, or for"
            + " both if they have different host names")
        .formatted(cookie, place, other);
  }

  /** WARNING: a limit on rotations that sessions reach which nothing else ends. */
  public static String rotationsRunOut(String type, int rotations) {
    return ("TSESS0048: sessions of %s get a new id with every change, have no absolute lifetime, and"
            + " may change their id %s times: after that a session that is in use all the time can be"
            + " read and ended, but each change of it is answered with 503. Mark what tells what its"
            + " user may do with @Privilege, set typed-session.absolute-lifetime, or set"
            + " typed-session.maximum-rotations=unlimited")
        .formatted(type, Integer.toString(rotations));
  }

  /** WARNING: stored data could not be read. */
  public static String undecodable(SessionHandle handle, String reason, long count) {
    return "TSESS0050: session %s was ended, because its stored data cannot be read: %s%s"
        .formatted(handle, reason, others(count));
  }

  /** WARNING: dead ids come back. */
  public static String replayed(String type, SessionHandle handle, long count) {
    return ("TSESS0051: an id of session %s of %s was presented that had been replaced too long ago"
            + " for that to be an overtaken request: a client has lost a response, or somebody has an"
            + " old cookie of it; typed-session.replay=end ends such sessions%s")
        .formatted(handle, type, others(count));
  }

  /** ERROR: randomness that is none. */
  public static String idsCollide(String type, String reason, long count) {
    return "TSESS0052: a session of %s could not be stored: %s%s"
        .formatted(type, reason, others(count));
  }

  /** WARNING: a store has begun to refuse. */
  public static String storeRefuses(String type, String reason) {
    return ("TSESS0053: the store for sessions of %s has begun to refuse: %s; requests that need one"
            + " are answered with 503, and another line tells when it serves again")
        .formatted(type, reason);
  }

  /** INFO: a store that had begun to refuse serves. */
  public static String storeServes(
      String type, Instant first, Instant last, long refused, long unknown) {
    return ("TSESS0054: the store for sessions of %s serves again; it refused operations from %s on,"
            + " for %s: refused=%s, of which writes that may have taken effect=%s")
        .formatted(type, first, Duration.between(first, last), refused, unknown);
  }

  /** WARNING: a limit on what a store keeps is reached. */
  public static String storeFull(String type, String reason, long count) {
    return ("TSESS0057: the store for sessions of %s has refused to keep more: %s; the request was"
            + " answered with 503, and sessions that live are not touched%s")
        .formatted(type, reason, others(count));
  }

  /** WARNING: what waited for the end of a session failed. */
  public static String watchFailed(String failure, long count) {
    return "TSESS0055: what waited for the end of a session failed: " + failure + others(count);
  }

  /** WARNING: observers are slower than events come. */
  public static String eventsDropped(long count) {
    return "TSESS0056: observers of session events are slower than the events come; one was not told"
        + others(count);
  }

  /** Deployment error: a mechanism names data that cannot keep a caller. */
  public static String callerDataMissing(String mechanism, String data) {
    return "TSESS0060: %s is to keep its callers in sessions with %s, which does not implement CallerData; let it"
        .formatted(mechanism, data);
  }

  /** Deployment error: a mechanism names data that nobody asks for. */
  public static String callerSessionMissing(String mechanism, String data) {
    return ("TSESS0061: %s is to keep its callers in sessions with %s, which nothing injects; inject Session<%s>"
            + " where the application needs it")
        .formatted(mechanism, data, data.substring(data.lastIndexOf('.') + 1));
  }

  /** Error: a cache whose configuration would break a promise. */
  public static String unsafeCache(String cache, List<String> faults) {
    return "TSESS0090: the cache %s is not fit for sessions: %s"
        .formatted(cache, String.join("; ", faults));
  }

  /** WARNING: a promise that the operator gave up. */
  public static String splitMayFork(String cache, String container) {
    return ("TSESS0110: typed-session.infinispan.when-split=serve, in the cache %s of %s: when the"
            + " network splits both sides go on, so that until they meet again one session may have"
            + " two live ids, and when they do, an acknowledged write or logout of one side may be"
            + " undone; refuse keeps these promises and answers 503 meanwhile")
        .formatted(cache, container);
  }

  /** WARNING: an optimistic cache of several nodes. */
  public static String conflictsAreLogged(String cache) {
    return ("TSESS0091: the cache %s is optimistic: Infinispan logs every conflict between nodes with"
            + " stack traces, which a client can provoke; mute the categories"
            + " org.infinispan.interceptors.impl.InvocationContextInterceptor,"
            + " org.infinispan.transaction.impl.TransactionCoordinator and"
            + " org.infinispan.remoting.inboundhandler, or use a cache without transactions")
        .formatted(cache);
  }

  /** WARNING: a transactional cache of several nodes. */
  public static String transactionsMayFork(String cache) {
    return ("TSESS0092: the cache %s has pessimistic transactions: when a node dies or the network"
            + " splits in the middle of a commit, Infinispan may apply half of it, and a session may"
            + " be left with two live ids; a cache without transactions (transaction mode NONE) has"
            + " no such gap")
        .formatted(cache);
  }

  /** INFO, or WARNING if there were any: what a split that both sides served left behind. */
  public static String forksEnded(String store, int sessions, int united, int ended) {
    return ("TSESS0094: the cluster was split and has met again; of %2$s sessions in store %1$s, %3$s"
            + " had several ids, of which this node left one, and %4$s were ended on one side only,"
            + " and are now")
        .formatted(store, sessions, united, ended);
  }

  /** WARNING: what a split left behind could not be looked at. */
  public static String forksLeft(String store) {
    return ("TSESS0095: the cluster was split and has met again, but store %s cannot be looked"
            + " through for sessions with several ids; this node goes on trying")
        .formatted(store);
  }

  /** INFO: what a lost member may have left on some of its owners only was brought to all. */
  public static String copiesRepaired(String cache, long entries) {
    return ("TSESS0096: the cluster of the cache %s lost a member or met one again; the %s entries"
            + " that this node is the primary owner of and that were written shortly before were"
            + " written again, so that no copy of them differs")
        .formatted(cache, entries);
  }

  /** WARNING: copies may differ, and could not be brought together. */
  public static String copiesLeft(String cache) {
    return ("TSESS0097: the cluster of the cache %s lost a member or met one again, and not all"
            + " entries that were written shortly before can be written again, so copies of them may"
            + " differ; this node goes on trying")
        .formatted(cache);
  }

  /** WARNING: transactions that are not this library's keep what they have locked. */
  public static String commitsRefused(String cache) {
    return ("TSESS0113: transactions of this node in the cache %s, of another user of it or from"
            + " before this application was deployed again, could not be committed after the cluster"
            + " had met again (ISPN000629), and Infinispan keeps their entries locked; sessions that"
            + " are answered 503 for minutes are freed by restarting this node")
        .formatted(cache);
  }

  /** INFO: a cache that is not started yet, because too few nodes are there. */
  public static String waitsForNodes(String cache, int majority, int clusterSize) {
    return ("TSESS0104: the cache %s is started when %s of the %s nodes of its cluster are there"
            + " (typed-session.infinispan.cluster-size); the application runs, and what needs a"
            + " session is answered 503 until then")
        .formatted(cache, majority, clusterSize);
  }

  /** INFO: a cache that was waited for is open. */
  public static String nodesAreThere(String cache, int majority, int clusterSize) {
    return "TSESS0105: %s of the %s nodes of the cluster are there, and the cache %s has started"
        .formatted(majority, clusterSize, cache);
  }

  /** WARNING: a cache that has been waited for too long. */
  public static String stillWaitsForNodes(String cache, int majority, int clusterSize) {
    return ("TSESS0106: the cache %s is still not started, because fewer than %s of the %s nodes of"
            + " its cluster are there, and what needs a session is answered 503; start the others,"
            + " see whether this node reaches them, or, if there are to be fewer, set"
            + " typed-session.infinispan.cluster-size and restart this node")
        .formatted(cache, majority, clusterSize);
  }

  /** WARNING: a cache that was waited for does not start. */
  public static String startedNot(String cache, String reason) {
    return ("TSESS0107: the cache %s cannot be started, and what needs a session is answered 503: %s;"
            + " this node goes on trying")
        .formatted(cache, reason);
  }

  /** WARNING: a cache refuses no longer, although not all of its members have come back. */
  public static String degradedModeEnds(String cache) {
    return ("TSESS0108: the cache %s has lost a member for good, has a copy of everything, and a"
            + " majority of the cluster is there: it leaves the degraded mode")
        .formatted(cache);
  }

  /** ERROR: a node that would take sessions of others for unknown. */
  public static String otherShape(String difference) {
    return ("TSESS0109: %s; this node serves no sessions, because it would not find those of the"
            + " others. Give all nodes the same configuration, and restart those that differ")
        .formatted(difference);
  }

  /**
   * Why a store cannot be started: the server's model has a cache that is not there.
   *
   * @param name of its configuration
   */
  public static String cacheNotDefined(String name) {
    return ("TSESS0112: the server's model has the cache of %s, and has not defined it in its"
            + " container; the server's log may say why. A cache that is not called typed-sessions"
            + " is defined when something refers to it: add a resource-env-ref with that lookup-name"
            + " to web.xml")
        .formatted(name);
  }

  /**
   * WARNING, and the remark of a health check: clocks of nodes differ.
   *
   * @param ahead by how much the clock of each other node is ahead at the least, or behind if that
   *     is negative
   */
  public static String clocksDiffer(String cache, Map<String, Duration> ahead) {
    return ("TSESS0098: the clock of this node differs from those of half or more of the nodes that"
            + " hold the cache %s: %s. Sessions live too long or too short by that, and old ids are"
            + " told from overtaken requests too soon or too late; run NTP on all nodes")
        .formatted(
            cache,
            ahead.entrySet().stream()
                .map(entry -> difference(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ")));
  }

  private static String difference(String node, Duration ahead) {
    return "%s is %s by at least %s"
        .formatted(node, ahead.isNegative() ? "behind" : "ahead", ahead.abs());
  }

  /** ERROR, and the text of an exception: a cookie is due that cannot be set. */
  public static String cookieTooLate(long count) {
    return "TSESS0070: a session was not stored, because its cookie can no longer be set: the"
        + " response is committed, or about to be inside of an include. Change the session, or call"
        + " save(), before that"
        + others(count);
  }

  /** ERROR: an early save gave the client a new cookie that cannot be set. */
  public static String savedCookieLost(long count) {
    return "TSESS0071: a session was saved, but the response is committed and cannot carry its"
        + " cookie; the client has lost the session. Something writes to the response without"
        + " passing through the one that the filter gave to the application"
        + others(count);
  }

  /**
   * ERROR: a session could not be stored, for a reason that is neither a conflict nor an outage.
   */
  public static String answering500(String reason, long count) {
    return "TSESS0080: answering 500, because a session could not be stored: "
        + reason
        + others(count);
  }

  /** ERROR: a session was not stored, and the client was told otherwise. */
  public static String answeredBefore(String reason, long count) {
    return "TSESS0073: a session was not stored, and the response is gone already: "
        + reason
        + others(count);
  }

  /** Deployment error: nobody told the filter what to serve. */
  public static String filterWithoutBindings() {
    return "TSESS0074: the session filter got no SessionBindings. It needs CDI, which some servers"
        + " start only for an application with a WEB-INF/beans.xml or a bean-defining annotation: add"
        + " an empty one; without CDI, register new SessionFilter(bindings) by hand";
  }

  /** Deployment error: two bindings with one cookie. */
  public static String cookieNameTwice(String name) {
    return "TSESS0075: two types of session use the cookie %s; give each a name of its own"
        .formatted(name);
  }

  /** INFO: the application registers the filter by itself. */
  public static String filterManual(String parameter) {
    return "TSESS0076: the session filter is not registered, as %s says".formatted(parameter);
  }

  /** Deployment error: a context parameter with an unknown value. */
  public static String filterParameter(String parameter, String value, String allowed) {
    return "TSESS0077: the context parameter %s must be absent or '%s', was '%s'"
        .formatted(parameter, allowed, value);
  }

  /** Deployment error: another filter of that name. */
  public static String filterNameTaken(String name, String parameter, String value) {
    return "TSESS0078: the application has a filter called %s already. If that is the session"
            .formatted(name)
        + " filter, set the context parameter %s to '%s'; if not, rename it"
            .formatted(parameter, value);
  }

  /** WARNING: something that was to run at the end of a request failed. */
  public static String endingFailed(String reason, long count) {
    return "TSESS0079: the end of a request could not be told to everybody: "
        + reason
        + others(count);
  }

  /** Thrown, behind {@link #outsideOfRequest}: there is no filter at all. */
  public static String filterMissing(String fragment, String filter) {
    return ("TSESS0082: no session filter has been started in this application. If its web.xml has an"
            + " <absolute-ordering>, the server skips the libraries that it does not list: add"
            + " <name>%s</name> or <others/> to it. Otherwise put the library into WEB-INF/lib, or map"
            + " the filter %s in web.xml")
        .formatted(fragment, filter);
  }

  /** WARNING: the server showed an injection point when all beans were made already. */
  public static String askedTooLate(String point) {
    return ("TSESS0083: nothing can be injected into %s, because this server looks into a class that"
            + " is no bean only when it is used. Give the class a scope such as @Dependent, or the"
            + " application a WEB-INF/beans.xml with bean-discovery-mode=\"all\"")
        .formatted(point);
  }

  /** WARNING: a cookie in an answer that the application gave to everybody. */
  public static String cacheableCookie(String header) {
    return ("TSESS0150: an answer carries a session cookie, and its header %s would let shared caches"
            + " hand that to others; the answer is kept out of them. Caching is for answers that"
            + " neither change nor renew a session. Not told again")
        .formatted(header);
  }

  /** ERROR: a session goes on that was to be ended by a request that failed. */
  public static String logoutFailed(String reason, long count) {
    return "TSESS0151: a session was not ended, though the application has deleted it, and its"
        + " request fails for another reason: "
        + reason
        + others(count);
  }

  /** WARNING: a setting for development where it is not meant to be. */
  public static String insecureCookieOverHttps(String cookie, long count) {
    return ("TSESS0155: a request came by HTTPS, and its session cookie %s is sent over plain HTTP too,"
            + " where anybody on the way can take it: typed-session.cookie.secure=false is for"
            + " development, best as a system property of the developer's server; take it away"
            + " here%s")
        .formatted(cookie, others(count));
  }

  /** WARNING: nobody can watch a store. */
  public static String notManaged(String name, @Nullable String reason) {
    return ("TSESS0120: %s cannot be registered with the MBean server, so that it cannot be watched"
            + " there; it works all the same: %s")
        .formatted(name, reason);
  }

  /** Deployment error: a library that lacks what this one uses. */
  public static String jacksonTooOld(String library, String found, String lowest) {
    return ("TSESS0140: %s %s is too old: session data as JSON needs %s or later; add that to the"
            + " application, or see which version the server puts before it")
        .formatted(library, found, lowest);
  }

  private static String others(long count) {
    return count > 1 ? " (1 of %s since the last line like this)".formatted(count) : "";
  }
}
