package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionPolicy;
import org.typedsession.core.BytesCodec;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.spi.OpenSession;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What whoever gets hold of a dump of the cache finds in it. */
final class SealedCacheTest {
  private static final String NAMESPACE = "0a1b2c3d";
  private static final String SECRET = "4111111111111111";
  private static final Pattern COOKIE_VALUES =
      Pattern.compile("(?=([A-Za-z0-9_-]{%d}))".formatted(SessionCookieValue.LENGTH));

  private final Random random = Seed.random();
  private final MutableClock clock = new MutableClock();
  private final List<SessionCookieValue> cookies = new ArrayList<>();

  private DefaultSessionStore<Account> store(Members members, boolean sealed) {
    JsonSessionCodec<Account> codec = new JsonSessionCodec<>(Account.class);
    RandomSessionCookieGenerator generator = new RandomSessionCookieGenerator(random);
    return DefaultSessionStore.sealing(
        new InfinispanSessionStoreConnector<>(
            members.first(),
            NAMESPACE,
            new BytesCodec(codec.id()),
            clock,
            random,
            Duration.ofMinutes(15)),
        sealed,
        random,
        new DefaultSessionStore.Rules<>(
            codec,
            PrivilegeRule.of(Account.class),
            () -> Account.EMPTY,
            SessionPolicy.DEFAULT,
            preferred -> {
              SessionCookieValue value = generator.next(preferred);
              cookies.add(value);
              return value;
            },
            clock,
            random,
            event -> {}));
  }

  private static OpenSession<Account> open(
      DefaultSessionStore<Account> store, SessionCookieValue cookie) {
    return store.open(List.of(cookie.reveal()));
  }

  /** Sessions in every state that leaves an entry; gives the cookie of one that lives. */
  private static SessionCookieValue live(DefaultSessionStore<Account> store) {
    SessionCookieValue cookie =
        cookieValue(store.store(store.create(Account.EMPTY.withUser(SECRET))));
    OpenSession<Account> change = open(store, cookie);
    change.update(account -> account.addLeft(1));
    change.complete();
    OpenSession<Account> login = open(store, cookie);
    login.login("anna");
    login.setLabel("her phone");
    return cookieValue(login.complete());
  }

  private static void use(DefaultSessionStore<Account> store) {
    open(store, live(store)).rotateId();
    OpenSession<Account> rotation = open(store, live(store));
    rotation.rotateId();
    rotation.complete();
    OpenSession<Account> logout = open(store, live(store));
    logout.delete();
    logout.complete();
    live(store);
  }

  private static List<String> dump(Members members) {
    List<String> dump = new ArrayList<>();
    members
        .first()
        .cache()
        .forEach(
            (key, value) -> {
              dump.add(key.toString());
              dump.add(value.toString());
              dump.add(
                  new String(
                      value.toString().getBytes(StandardCharsets.ISO_8859_1),
                      StandardCharsets.UTF_8));
            });
    return dump;
  }

  @ParameterizedTest
  @EnumSource(Members.Mode.class)
  void dump_ofSealedSessions_holdsNoDataAndNoIdThatOpensAny(Members.Mode mode) {
    try (Members members = Members.local(mode)) {
      DefaultSessionStore<Account> store = store(members, true);
      use(store);
      List<String> dump = dump(members);

      assertThat(dump).hasSizeGreaterThan(20);
      assertThat(dump).noneMatch(text -> text.contains(SECRET));
      assertThat(cookies)
          .hasSizeGreaterThan(8)
          .allSatisfy(
              cookie -> {
                String secret = cookie.revealSecret();
                assertThat(dump).noneMatch(text -> text.contains(secret));
              });
      long tried = 0;
      for (String text : dump) {
        for (Matcher found = COOKIE_VALUES.matcher(text); found.find(); tried++) {
          assertThat(store.open(List.of(found.group(1))).isNew()).isTrue();
        }
      }
      // The ids have the form of cookie values, every part of them.
      assertThat(tried).isGreaterThan(100);
    }
  }

  @Test
  void dump_ofOtherSessions_holdsTheirData() {
    try (Members members = Members.local(Members.Mode.PLAIN)) {
      use(store(members, false));

      assertThat(dump(members)).anyMatch(text -> text.contains(SECRET));
    }
  }

  // What the documentation lists.
  @Test
  void dump_ofSealedSessions_showsNameLabelAndTimes() {
    try (Members members = Members.local(Members.Mode.PLAIN)) {
      DefaultSessionStore<Account> store = store(members, true);
      SessionCookieValue cookie = live(store);
      String entry = (String) members.first().cache().get(NAMESPACE + cookie.id().stored());

      assertThat(EntryFormat.decode(entry))
          .isInstanceOfSatisfying(
              StoredEntry.Live.class,
              live -> {
                assertThat(live.session().principal()).isEqualTo("anna");
                assertThat(live.session().label()).isEqualTo("her phone");
                assertThat(live.session().createdAt()).isEqualTo(clock.instant());
                assertThat(live.codecId()).isEqualTo("json");
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Members.Mode.class)
  void sealing_turnedOnAndOff_keepsTheSessions(Members.Mode mode) {
    try (Members members = Members.local(mode)) {
      DefaultSessionStore<Account> sealing = store(members, true);
      DefaultSessionStore<Account> other = store(members, false);
      SessionCookieValue before = live(other);
      OpenSession<Account> rotation = open(sealing, before);
      rotation.rotateId();
      SessionCookieValue sealed = cookieValue(rotation.complete());
      String entry = (String) members.first().cache().get(NAMESPACE + sealed.id().stored());

      assertThat(entry).doesNotContain(SECRET);
      assertThat(open(other, sealed).data()).isEqualTo(Account.EMPTY.withUser(SECRET).addLeft(1));
      assertThat(sealing.sessions("anna")).hasSize(1);
      sealing.endAll("anna");
      assertThat(open(other, sealed).isNew()).isTrue();
    }
  }

  @Test
  void entry_putUnderAnotherId_isNotRead() {
    try (Members members = Members.local(Members.Mode.PLAIN)) {
      DefaultSessionStore<Account> store = store(members, true);
      SessionCookieValue mine =
          cookieValue(store.store(store.create(Account.EMPTY.withUser("mallory"))));
      SessionCookieValue hers =
          cookieValue(store.store(store.create(Account.EMPTY.withUser(SECRET))));
      String entry = (String) members.first().cache().get(NAMESPACE + hers.id().stored());
      members.first().cache().put(NAMESPACE + mine.id().stored(), entry);

      OpenSession<Account> found = open(store, mine);

      assertThat(found.isNew()).isTrue();
      assertThat(found.data()).isEqualTo(Account.EMPTY);
      assertThat(store.statistics().undecodable()).isOne();
    }
  }
}
