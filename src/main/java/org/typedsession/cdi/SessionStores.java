package org.typedsession.cdi;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStore;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.core.BytesCodec;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.management.ManagedStores;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.servlet.SessionBindings;
import org.typedsession.servlet.SessionCookieSettings;
import org.typedsession.servlet.WebContext;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionCookieGenerator;

/**
 * The composition root: the stores of one application, put together as soon as it is known where
 * the application is served: with the filter, or when one is first used before. Outside of the web
 * they start when one is first used.
 *
 * <p>Safe for use by many threads.
 */
final class SessionStores implements SessionBindings, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(SessionStores.class.getName());

  private final List<StorePlan> plans;
  private final SessionEvents events;
  private final InstantSource clock = InstantSource.system();
  private final RandomGenerator random = new SecureRandom();
  private final RandomGenerator jitter = () -> ThreadLocalRandom.current().nextLong();
  private final SessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final BackEnds backEnds;
  private final ManagedStores managed = new ManagedStores();
  private final WatchThread watchThread = new WatchThread();
  private final DeploymentClaims claims = new DeploymentClaims(random);

  // Both replaced as a whole: probes must not wait for a back-end that takes its time to start.
  private volatile Map<DataType, DefaultSessionStore<Object>> stores = Map.of();
  private volatile boolean starting;
  // Replaced as a whole, since every request reads it; empty until the filter has started.
  private volatile Map<DataType, SessionBinding<Object>> bindings = Map.of();
  // Where each store was started for. Replaced as a whole, like the others.
  private volatile Map<DataType, Namespace> places = Map.of();
  // Who used them before it was known where the application is served.
  private @Nullable Throwable earlyUse;

  /**
   * @param plans what to put together, all of it sound
   * @param events told what someone should know; closed with these stores
   */
  SessionStores(List<StorePlan> plans, SessionEvents events) {
    this.plans = List.copyOf(plans);
    this.events = events;
    this.backEnds = new BackEnds(clock, random, events);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if a store cannot be started, or was for another place
   */
  @Override
  public synchronized List<SessionBinding<?>> start(WebContext context) {
    Namespace wanted = Namespace.OfContext.of(context);
    List<StorePlan> visible = plans.stream().filter(SessionStores::isVisible).toList();
    State before = state();
    try {
      Map<DataType, DefaultSessionStore<Object>> opened = startFor(wanted, visible);
      List<SessionBinding<?>> served = bind(visible, context, wanted);
      publish(wanted, opened);
      return served;
    } catch (RuntimeException | Error e) {
      endSince(before, e);
      throw e;
    }
  }

  private List<SessionBinding<?>> bind(
      List<StorePlan> visible, WebContext context, Namespace wanted) {
    Map<DataType, SessionBinding<Object>> bound = new LinkedHashMap<>(bindings);
    for (StorePlan plan : visible) {
      Namespace started = Objects.requireNonNull(places.get(plan.type()), "not started");
      if (!started.equals(wanted) && !hasNamespace(plan)) {
        throw new IllegalStateException(
            Messages.startedElsewhere(started.toString(), wanted.toString()), earlyUse);
      }
      // Two web applications of one container that share their sessions share the cookie as well.
      bound.computeIfAbsent(plan.type(), type -> bind(plan, context));
    }
    bindings = Collections.unmodifiableMap(bound);
    List<SessionBinding<?>> served = new ArrayList<>();
    visible.forEach(plan -> served.add(Objects.requireNonNull(bound.get(plan.type()))));
    return served;
  }

  @Override
  public synchronized void stop(WebContext context) {
    claims.release(Namespace.OfContext.of(context));
  }

  // The web archives of an EAR may share one CDI container, and each has classes of its own.
  private static boolean isVisible(StorePlan plan) {
    return plan.type().isVisibleTo(Libraries.ofApplication());
  }

  private static boolean hasNamespace(StorePlan plan) {
    return plan.configuration().namespace().isPresent() || plan.source() instanceof StorePlan.Own;
  }

  private SessionBinding<Object> bind(StorePlan plan, WebContext context) {
    SessionCookieSettings cookie =
        Cookies.settings(plan.configuration(), context.path(), plan.qualifier());
    DefaultSessionStore<Object> store = Objects.requireNonNull(stores.get(plan.type()));
    Namespace place = Namespace.OfContext.of(context);
    LOGGER.log(
        System.Logger.Level.INFO,
        Messages.bound(
            plan.type().toString(), named(plan, place), context.filter(), cookie.name()));
    // One that was given its name is meant.
    if (plan.configuration().cookie().name().isEmpty()) {
      claims.noteCookie(cookie.name(), place, namespace(plan, place));
    }
    return new SessionBinding<>(store, cookie);
  }

  private static Namespace namespace(StorePlan plan, Namespace place) {
    return plan.configuration().namespace().<Namespace>map(Namespace.Named::new).orElse(place);
  }

  private static String named(StorePlan plan, Namespace place) {
    if (plan.source() instanceof StorePlan.Own) {
      return "of the application's own store";
    }
    Namespace namespace = namespace(plan, place);
    return "%s|%s (%s)".formatted(namespace, plan.type(), namespace.tag(plan.type()));
  }

  /** Whether a filter has started for any of these stores. */
  boolean isServed() {
    return !bindings.isEmpty();
  }

  /** The store of a type; starts it, and the others that are visible here, unless they run. */
  synchronized SessionStore<?> store(DataType type) {
    if (!places.containsKey(type)) {
      Namespace place = here();
      if (!(place instanceof Namespace.OfContext)) {
        earlyUse = new IllegalStateException("the stores were used first here, for " + place);
      }
      State before = state();
      try {
        publish(
            place,
            startFor(
                place,
                plans.stream()
                    .filter(plan -> plan.type().equals(type) || isVisible(plan))
                    .toList()));
      } catch (RuntimeException | Error e) {
        endSince(before, e);
        throw e;
      }
    }
    return Objects.requireNonNull(stores.get(type), "not started");
  }

  // A listener of the application may come before the filter, and an enterprise bean before both.
  private static Namespace here() {
    return WebContext.current()
        .<Namespace>map(Namespace.OfContext::of)
        .or(() -> ApplicationName.find().map(Namespace.OfApplication::new))
        .orElseGet(Namespace.Unknown::new);
  }

  /** How the filter serves a type. */
  SessionBinding<?> binding(DataType type) {
    SessionBinding<?> binding = bindings.get(type);
    if (binding == null) {
      throw new IllegalStateException(Messages.notServed(type.toString()));
    }
    return binding;
  }

  /** How the filter serves sessions with this data. */
  SessionBinding<?> binding(Class<?> data) {
    return binding(new DataType(data));
  }

  /**
   * Starts the stores of {@code wanted} that do not run yet, for {@code place}.
   *
   * @return those that this has started
   */
  private Map<DataType, DefaultSessionStore<Object>> startFor(
      Namespace place, List<StorePlan> wanted) {
    Map<DataType, DefaultSessionStore<Object>> opened = new LinkedHashMap<>();
    List<StorePlan> missing =
        wanted.stream().filter(plan -> !places.containsKey(plan.type())).toList();
    if (missing.isEmpty()) {
      return opened;
    }
    starting = true;
    try {
      missing.forEach(plan -> opened.put(plan.type(), open(plan, place)));
      opened.values().forEach(store -> store.watchWith(watchThread));
      Map<DataType, DefaultSessionStore<Object>> all = new LinkedHashMap<>(stores);
      all.putAll(opened);
      stores = Collections.unmodifiableMap(all);
    } finally {
      starting = false;
    }
    Map<DataType, Namespace> all = new LinkedHashMap<>(places);
    missing.forEach(plan -> all.put(plan.type(), place));
    places = Collections.unmodifiableMap(all);
    return opened;
  }

  // Last, since nothing that comes after it may fail.
  private void publish(Namespace place, Map<DataType, DefaultSessionStore<Object>> opened) {
    opened.forEach(
        (type, store) ->
            managed.publish(place.host(), place.application(), type.toString(), store));
  }

  /** What runs and is held at a moment. */
  private record State(
      Map<DataType, DefaultSessionStore<Object>> stores,
      Map<DataType, Namespace> places,
      Set<TypedSessionConfiguration.Infinispan> caches,
      Map<Namespace, Set<String>> claims) {}

  private State state() {
    return new State(stores, places, backEnds.inUse(), claims.held());
  }

  /**
   * Ends what a start has begun that failed: it can be tried again, and what another web archive of
   * the same CDI container has started goes on.
   */
  private void endSince(State before, Throwable failure) {
    claims.releaseAllBut(before.claims());
    stores = before.stores();
    places = before.places();
    try {
      backEnds.closeAllBut(before.caches());
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Where stores were started for; empty until then. */
  Optional<String> place() {
    return places.isEmpty()
        ? Optional.empty()
        : Optional.of(
            places.values().stream()
                .map(Namespace::application)
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  /** Whether each store that runs can serve, by its type; waits for nobody. */
  Map<String, Readiness> readiness() {
    Map<String, Readiness> found = new LinkedHashMap<>();
    if (starting) {
      Readiness notYet = new Readiness.NotReady("the store is being started");
      plans.forEach(plan -> found.put(plan.type().toString(), notYet));
    }
    stores.forEach((type, store) -> found.put(type.toString(), store.readiness()));
    return found;
  }

  private DefaultSessionStore<Object> open(StorePlan plan, Namespace wanted) {
    try {
      if (plan.source() instanceof StorePlan.Assembled assembled) {
        return assemble(plan, assembled, wanted);
      }
      return ((StorePlan.Own) plan.source()).bean().get();
    } catch (RuntimeException | LinkageError e) {
      String reason = e instanceof LinkageError ? e.toString() : e.getMessage();
      throw new IllegalStateException(Messages.startFailed(plan.type().toString(), reason), e);
    }
  }

  private DefaultSessionStore<Object> assemble(
      StorePlan plan, StorePlan.Assembled source, Namespace wanted) {
    check(plan.type(), source);
    Namespace namespace = namespace(plan, wanted);
    String tag = namespace.tag(plan.type());
    boolean sealed = plan.configuration().sealed();
    BackEnds.Opened<byte[]> backEnd =
        backEnds.open(tag, new BytesCodec(source.codec().id()), plan.configuration());
    if (backEnd.shared()) {
      claims.takeNamespace(namespace, tag, backEnd.description());
    }
    LOGGER.log(
        System.Logger.Level.INFO,
        Messages.started(
            plan.type().toString(),
            backEnd.description(),
            named(plan, wanted),
            source.codec().id() + (sealed ? ", sealed" : "")));
    return DefaultSessionStore.sealing(
        backEnd.connector(),
        sealed,
        random,
        new DefaultSessionStore.Rules<>(
            source.codec(),
            PrivilegeRule.of(plan.type().type()),
            source.defaultData(),
            plan.configuration().policy(),
            cookies,
            clock,
            jitter,
            events));
  }

  // What a session begins with has to survive its codec; better known now than at the first user.
  private static void check(DataType type, StorePlan.Assembled source) {
    try {
      Object data = Objects.requireNonNull(source.defaultData().get(), "the default data is null");
      source.codec().decode(source.codec().encode(data));
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          Messages.defaultNotStorable(type.toString(), e.getMessage()), e);
    }
  }

  /** Closes what was started for these stores. */
  @Override
  public synchronized void close() {
    claims.close();
    managed.close();
    watchThread.close();
    stores = Map.of();
    backEnds.close();
    events.close();
  }
}
