package org.typedsession.assembly;

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
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.typedsession.InfinispanConfiguration;
import org.typedsession.SessionEvent;
import org.typedsession.SessionStore;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.management.MBeanRegistration;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.servlet.SessionBindings;
import org.typedsession.servlet.SessionCookieSettings;
import org.typedsession.servlet.WebContext;
import org.typedsession.spi.Readiness;

/**
 * The composition root: the stores of one application, put together as soon as it is known where
 * the application is served: with the filter, or when one is first used before. Outside of the web
 * they start when one is first used.
 *
 * <pre>{@code
 * StoreAssembly stores =
 *     StoreAssembly.of(
 *         List.of(
 *             new StoreRequest(
 *                 new DataType(Cart.class),
 *                 Optional.empty(),
 *                 new StoreRequest.Assembled(Cart::new))),
 *         event -> {});
 * SessionStore<Cart> carts = stores.store(Cart.class);
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class StoreAssembly implements SessionBindings, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(StoreAssembly.class.getName());

  private final List<StorePlan> plans;
  private final List<Problem> problems;
  private final BackEnds backEnds;
  private final DeploymentClaims claims;
  private final StoreOpener opener;
  private final MBeanRegistration managed = new MBeanRegistration();
  private final WatchThread watchThread = new WatchThread();

  // Both replaced as a whole: probes must not wait for a back-end that takes its time to start.
  private volatile Map<DataType, DefaultSessionStore<Object>> stores = Map.of();
  private volatile boolean starting;
  // Replaced as a whole, since every request reads it; empty until the filter has started.
  private volatile Map<DataType, SessionBinding<Object>> bindings = Map.of();
  // Where each store was started for. Replaced as a whole, like the others.
  private volatile Map<DataType, Namespace> places = Map.of();
  // Who used them before it was known where the application is served.
  private @Nullable Throwable earlyUse;

  private StoreAssembly(
      List<StorePlan> plans, List<Problem> problems, Consumer<SessionEvent> events) {
    InstantSource clock = InstantSource.system();
    RandomGenerator random = new SecureRandom();
    this.plans = List.copyOf(plans);
    this.problems = problems;
    this.backEnds = new BackEnds(clock, random, events);
    this.claims = new DeploymentClaims(random);
    this.opener = new StoreOpener(backEnds, claims, clock, random, events);
  }

  /**
   * Reads the settings and plans the stores; starts none.
   *
   * @param requests one for each type
   * @param events receives the events of all stores, on threads of theirs; must not block
   * @return the stores of those requests that {@link #problems()} says nothing against
   * @throws IllegalArgumentException if two requests are for one type
   */
  public static StoreAssembly of(List<StoreRequest> requests, Consumer<SessionEvent> events) {
    StorePlanner planner = new StorePlanner();
    List<StorePlan> plans = planner.plan(requests);
    return new StoreAssembly(plans, planner.problems(), events);
  }

  /** What is wrong with the requests or the settings; an application must not start with any. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if a store cannot be started, or was for another place
   */
  @Override
  public synchronized List<SessionBinding<?>> start(WebContext context) {
    Namespace wanted = Namespace.OfContext.of(context);
    List<StorePlan> visible = plans.stream().filter(StorePlan::isVisible).toList();
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
      if (!started.equals(wanted) && !plan.hasNamespace()) {
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

  private SessionBinding<Object> bind(StorePlan plan, WebContext context) {
    SessionCookieSettings cookie =
        CookieNames.settings(plan.configuration(), context.path(), plan.qualifier());
    DefaultSessionStore<Object> store = Objects.requireNonNull(stores.get(plan.type()));
    Namespace place = Namespace.OfContext.of(context);
    LOGGER.log(
        System.Logger.Level.INFO,
        Messages.bound(
            plan.type().toString(), plan.describe(place), context.filter(), cookie.name()));
    // One that was given its name is meant.
    if (plan.configuration().cookie().name().isEmpty()) {
      claims.noteCookie(cookie.name(), place, plan.namespace(place));
    }
    return new SessionBinding<>(store, cookie);
  }

  /** Whether a filter has started for any of these stores. */
  public boolean isServed() {
    return !bindings.isEmpty();
  }

  /**
   * The store of a type; starts it, and the others that are visible here, unless they run.
   *
   * @throws IllegalArgumentException if none was asked for, or something is wrong with it
   * @throws IllegalStateException if it cannot be started; the text says why
   */
  public synchronized SessionStore<?> store(DataType type) {
    if (plans.stream().noneMatch(plan -> plan.type().equals(type))) {
      throw new IllegalArgumentException("there is no store for sessions of " + type);
    }
    if (!places.containsKey(type)) {
      Namespace place = Namespace.here();
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
                    .filter(plan -> plan.type().equals(type) || plan.isVisible())
                    .toList()));
      } catch (RuntimeException | Error e) {
        endSince(before, e);
        throw e;
      }
    }
    return Objects.requireNonNull(stores.get(type), "not started");
  }

  /**
   * The store for sessions with this data, as above.
   *
   * @throws IllegalArgumentException if none was asked for, or something is wrong with it
   * @throws IllegalStateException if it cannot be started; the text says why
   */
  @SuppressWarnings("unchecked") // made for this very class
  public <D> SessionStore<D> store(Class<D> data) {
    return (SessionStore<D>) store(new DataType(data));
  }

  /**
   * How the filter serves a type.
   *
   * @throws IllegalStateException if it does not
   */
  public SessionBinding<?> binding(DataType type) {
    SessionBinding<?> binding = bindings.get(type);
    if (binding == null) {
      throw new IllegalStateException(Messages.notServed(type.toString()));
    }
    return binding;
  }

  /**
   * How the filter serves sessions with this data.
   *
   * @throws IllegalStateException if it does not
   */
  public SessionBinding<?> binding(Class<?> data) {
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
      missing.forEach(plan -> opened.put(plan.type(), opener.open(plan, place)));
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
      Set<InfinispanConfiguration> caches,
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
  public Optional<String> place() {
    return places.isEmpty()
        ? Optional.empty()
        : Optional.of(
            places.values().stream()
                .map(Namespace::application)
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  /** Whether each store that runs can serve, by its type; waits for nobody. */
  public Map<String, Readiness> readiness() {
    Map<String, Readiness> found = new LinkedHashMap<>();
    if (starting) {
      Readiness notYet = new Readiness.NotReady("the store is being started");
      plans.forEach(plan -> found.put(plan.type().toString(), notYet));
    }
    stores.forEach((type, store) -> found.put(type.toString(), store.readiness()));
    return found;
  }

  /** Closes what was started for these stores. */
  @Override
  public synchronized void close() {
    claims.close();
    managed.close();
    watchThread.close();
    stores = Map.of();
    backEnds.close();
  }
}
