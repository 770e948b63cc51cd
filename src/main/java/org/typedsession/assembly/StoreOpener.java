package org.typedsession.assembly;

import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.typedsession.SessionEvent;
import org.typedsession.core.BytesCodec;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.spi.SessionCookieGenerator;

/**
 * Opens the store of a plan, for a place: its back-end, and the engine on top of that.
 *
 * <p>Not safe for use by many threads.
 */
final class StoreOpener {
  private static final System.Logger LOGGER = System.getLogger(StoreOpener.class.getName());

  private final BackEnds backEnds;
  private final DeploymentClaims claims;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final RandomGenerator jitter = () -> ThreadLocalRandom.current().nextLong();
  private final SessionCookieGenerator cookies;
  private final Consumer<SessionEvent> events;

  StoreOpener(
      BackEnds backEnds,
      DeploymentClaims claims,
      InstantSource clock,
      RandomGenerator random,
      Consumer<SessionEvent> events) {
    this.backEnds = backEnds;
    this.claims = claims;
    this.clock = clock;
    this.random = random;
    this.cookies = new RandomSessionCookieGenerator(random);
    this.events = events;
  }

  /**
   * Opens the store of {@code plan} for {@code place}.
   *
   * @throws IllegalStateException if it cannot be started; the text says why
   */
  DefaultSessionStore<Object> open(StorePlan plan, Namespace place) {
    try {
      if (plan.source() instanceof StorePlan.Assembled assembled) {
        return assemble(plan, assembled, place);
      }
      return ((StorePlan.Own) plan.source()).store().get();
    } catch (RuntimeException | LinkageError e) {
      String reason = e instanceof LinkageError ? e.toString() : e.getMessage();
      throw new IllegalStateException(Messages.startFailed(plan.type().toString(), reason), e);
    }
  }

  private DefaultSessionStore<Object> assemble(
      StorePlan plan, StorePlan.Assembled source, Namespace place) {
    check(plan.type(), source);
    Namespace namespace = plan.namespace(place);
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
            plan.describe(place),
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
}
