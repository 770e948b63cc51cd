package org.typedsession.assembly;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What one deployment has at each of its places that no other deployment of the process may have
 * meanwhile.
 *
 * <p>Not safe for use by many threads.
 */
final class DeploymentClaims implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(DeploymentClaims.class.getName());

  private final RandomGenerator random;
  private final Map<Namespace, ProcessClaims> claims = new LinkedHashMap<>();

  DeploymentClaims(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Takes a namespace in a cache that others see. One that the settings name is meant to be shared.
   *
   * @throws IllegalStateException if another deployment has it, or nothing tells it from those of
   *     others
   */
  void takeNamespace(Namespace namespace, String tag, String backEnd) {
    if (namespace instanceof Namespace.Named) {
      return;
    }
    if (namespace instanceof Namespace.Unknown) {
      throw new IllegalStateException(Messages.namespaceMissing(backEnd));
    }
    Optional<String> application = ApplicationName.withModule();
    at(namespace)
        .claim(
            ProcessClaims.Kind.NAMESPACE,
            tag + " in " + backEnd,
            holder(application, namespace),
            application.isPresent())
        .ifPresent(
            other -> {
              throw new IllegalStateException(
                  Messages.namespaceInUse(namespace.toString(), backEnd, other));
            });
  }

  /** Warns if another deployment has a cookie of this name, unless they share its sessions. */
  void noteCookie(String name, Namespace place, Namespace namespace) {
    Optional<String> application = ApplicationName.withModule();
    boolean shared = namespace instanceof Namespace.Named;
    at(place)
        .claim(
            ProcessClaims.Kind.COOKIE,
            name,
            shared ? "namespace " + namespace : holder(application, place),
            shared || application.isPresent())
        .ifPresent(
            other ->
                LOGGER.log(
                    System.Logger.Level.WARNING,
                    Messages.cookieInUse(name, place.toString(), other)));
  }

  private ProcessClaims at(Namespace place) {
    return claims.computeIfAbsent(
        place,
        it -> new ProcessClaims(System.getProperties(), Long.toHexString(random.nextLong())));
  }

  private static String holder(Optional<String> application, Namespace place) {
    return application.orElse("an application") + " at " + place;
  }

  /** Lets go of what is held at {@code place}. */
  void release(Namespace place) {
    ProcessClaims ended = claims.remove(place);
    if (ended != null) {
      ended.close();
    }
  }

  /** The names that are held, for {@link #releaseAllBut}. */
  Map<Namespace, Set<String>> held() {
    Map<Namespace, Set<String>> held = new LinkedHashMap<>();
    claims.forEach((place, each) -> held.put(place, each.held()));
    return held;
  }

  /** Lets go of what was taken since. */
  void releaseAllBut(Map<Namespace, Set<String>> kept) {
    claims.forEach((place, each) -> each.releaseAllBut(kept.getOrDefault(place, Set.of())));
  }

  /** Lets go of everything. */
  @Override
  public void close() {
    for (ProcessClaims held : claims.values()) {
      held.close();
    }
    claims.clear();
  }
}
