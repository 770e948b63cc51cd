package org.typedsession.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.Privilege;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.spi.SessionCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * Two versions of the session data that share sessions, as they do while a new version of an
 * application is deployed node by node. The names of the subtypes are all that JSON knows of them,
 * so that the two versions can be two classes here.
 */
final class RollingDeploymentTest {
  private static final Logger WARNINGS = Logger.getLogger("org.typedsession.core.StoreLog");

  private static final New.Member ADA =
      new New.Member("Ada", true, "acme", Optional.of("London"), List.of("tea"), 1);

  private static SessionCache cache;

  private final MutableClock clock = new MutableClock();
  // The tests share a cache, where no two writers may draw the same marks.
  private final Random random = Seed.random();
  private final List<SessionEvent> events = new ArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final DefaultSessionStore<Old> old = store(Old.class, new Old.Guest("plain"));
  private final DefaultSessionStore<New> renewed = store(New.class, new New.Guest(List.of()));
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            warnings.add(logged.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private sealed interface Old {
    record Guest(String theme) implements Old {}

    record Member(@Privilege String name, String theme, int visits) implements Old {
      Member visited() {
        return new Member(name, theme, visits + 1);
      }
    }

    // Only the codec makes one.
    @SuppressWarnings({"UnusedNestedClass", "UnusedMethod", "EffectivelyPrivate"})
    record Order(String theme) implements Old {
      public Order {
        Objects.requireNonNull(theme, "theme");
      }
    }
  }

  private sealed interface New {
    record Guest(List<String> seen) implements New {}

    record Member(
        @Privilege String name,
        @Privilege boolean staff,
        @Privilege @Nullable String tenant,
        Optional<String> address,
        List<String> seen,
        int visits)
        implements New {}

    record Order(String note) implements New {}

    record Partner(String company) implements New {}

    record Supplier(String company) implements New {}
  }

  @BeforeAll
  static void startCache() {
    cache = EmbeddedContainer.local("rolling");
  }

  @AfterAll
  static void stopCache() {
    cache.close();
  }

  @BeforeEach
  void listen() {
    WARNINGS.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    WARNINGS.removeHandler(handler);
  }

  private <D> DefaultSessionStore<D> store(Class<D> type, D begin) {
    SessionCodec<D> codec = new JsonSessionCodec<>(type);
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            new InfinispanSessionStoreConnector<>(
                cache, "shared", codec, clock, random, Duration.ofMinutes(15)),
            codec,
            PrivilegeRule.of(type),
            () -> begin,
            SessionPolicy.DEFAULT,
            new RandomSessionCookieGenerator(random),
            clock,
            random,
            events::add));
  }

  private static <D> String stored(DefaultSessionStore<D> store, D data) {
    return cookie(store.store(store.create(data)));
  }

  private static String cookie(SessionCookieCommand command) {
    if (command instanceof SessionCookieCommand.Set set) {
      return set.cookieValue().reveal();
    }
    throw new AssertionError("expected a cookie to be set, got " + command);
  }

  @Test
  void load_dataOfTheOldVersion_addedComponentsAreNothing() {
    String cookie = stored(old, new Old.Member("Ada", "dark", 1));

    assertThat(renewed.load(cookie).data())
        .isEqualTo(new New.Member("Ada", false, null, Optional.empty(), List.of(), 1));
    assertThat(undecodable()).isEmpty();
  }

  @Test
  void load_dataOfTheNewVersion_unknownComponentsAreNotLookedAtAndRemovedOnesAreNothing() {
    String cookie = stored(renewed, ADA);

    Session<Old> session = old.load(cookie);

    assertThat(session.isNew()).isFalse();
    assertThat(session.data())
        .usingRecursiveComparison()
        .isEqualTo(new Old.Member("Ada", nothing(), 1));
    assertThat(undecodable()).isEmpty();
  }

  @SuppressWarnings("NullAway") // what a codec gives to a component that it finds no data for
  private static String nothing() {
    return null;
  }

  @Test
  void update_byTheOldVersion_leavesWhatItWouldHaveStoredItself() {
    String cookie = stored(renewed, ADA);

    Session<Old> session = old.load(cookie);
    session.update(data -> ((Old.Member) data).visited());
    old.store(session);

    // No privilege outlives a write by somebody who does not know of it.
    assertThat(renewed.load(cookie).data())
        .isEqualTo(new New.Member("Ada", false, null, Optional.empty(), List.of(), 2));
  }

  @Test
  void store_renewalOrRotationByTheOldVersion_leavesTheDataOfTheNewOne() {
    String cookie = stored(renewed, ADA);

    clock.advance(Duration.ofMinutes(15));
    Session<Old> renewal = old.load(cookie);
    assertThat(renewal.data()).isInstanceOf(Old.Member.class);
    old.store(renewal);
    Session<Old> rotation = old.load(cookie);
    rotation.rotateId();
    String successor = cookie(old.store(rotation));
    clock.advance(Duration.ofMinutes(20));

    assertThat(old.statistics().writesInPlace()).isOne();
    assertThat(renewed.load(successor).data()).isEqualTo(ADA);
  }

  @Test
  void update_bothVersionsInTurn_keepsOneSession() {
    String cookie = stored(old, new Old.Member("Ada", "dark", 0));
    SessionHandle handle = old.load(cookie).handle();
    for (int turn = 0; turn < 10; turn++) {
      Session<Old> one = old.load(cookie);
      one.update(data -> ((Old.Member) data).visited());
      old.store(one);
      Session<New> two = renewed.load(cookie);
      two.update(
          data -> {
            New.Member m = (New.Member) data;
            return new New.Member(
                m.name(), m.staff(), m.tenant(), m.address(), m.seen(), m.visits() + 1);
          });
      renewed.store(two);
    }

    Session<New> last = renewed.load(cookie);
    assertThat(last.handle()).isEqualTo(handle);
    assertThat(((New.Member) last.data()).visits()).isEqualTo(20);
  }

  @Test
  void update_givesAnAddedPrivilege_changesTheId() {
    String cookie = stored(old, new Old.Member("Ada", "dark", 0));

    Session<New> session = renewed.load(cookie);
    session.set(new New.Member("Ada", true, null, Optional.empty(), List.of(), 0));
    String successor = cookie(renewed.store(session));

    assertThat(renewed.load(cookie).isNew()).isTrue();
    assertThat(((New.Member) renewed.load(successor).data()).staff()).isTrue();
  }

  @Test
  void load_subtypeThatTheOldVersionLacks_endsEachSessionAndWarnsOnceForEachSubtype() {
    List<String> cookies = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      cookies.add(stored(renewed, new New.Partner("acme")));
      cookies.add(stored(renewed, new New.Supplier("acme")));
    }

    for (String cookie : cookies) {
      Session<Old> session = old.load(cookie);
      assertThat(session.isNew()).isTrue();
      assertThat(session.data()).isEqualTo(new Old.Guest("plain"));
      assertThat(renewed.load(cookie).isNew()).isTrue();
    }

    List<SessionEvent> undecodable = undecodable();
    assertThat(undecodable).hasSize(6);
    assertThat(undecodable).extracting(SessionEvent::handle).doesNotHaveDuplicates();
    assertThat(warnings)
        .hasSize(2)
        .allMatch(text -> text.startsWith("TSESS0050"))
        .anyMatch(text -> text.contains("no subtype Partner"))
        .anyMatch(text -> text.contains("no subtype Supplier"));
    assertThat(old.statistics().undecodable()).isEqualTo(6);
  }

  @Test
  void load_constructorThatRefusesARemovedComponent_endsTheSession() {
    String cookie = stored(renewed, new New.Order("for Grace"));

    assertThat(old.load(cookie).isNew()).isTrue();
    assertThat(undecodable()).hasSize(1);
    assertThat(warnings).singleElement().asString().doesNotContain("Grace");
  }

  private List<SessionEvent> undecodable() {
    return events.stream().filter(SessionEvent.SessionUndecodable.class::isInstance).toList();
  }
}
