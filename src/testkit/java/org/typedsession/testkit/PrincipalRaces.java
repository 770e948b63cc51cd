package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionLimitException;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.SessionSummary;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testkit.Race.Outcome;

/**
 * The sessions of a principal: who lists them, ends them and limits them, in turn and at once.
 *
 * <p>Whether a session lives is asked of a store on each member, as a request would.
 */
abstract class PrincipalRaces extends SessionRaces {
  // Each of them is a dozen logins.
  private static final int ROUNDS_OF_LOGINS = Math.max(1, ROUNDS / 5);
  private static final int LOGINS = 10;
  private static final int LIMIT = 3;
  private static final Duration LONGEST_LOGIN = Duration.ofMinutes(1);

  /** Stores of one policy on both members, and the cookie values that they drew. */
  final class People {
    private final Queue<SessionCookieValue> issued = new ConcurrentLinkedQueue<>();
    private final List<DefaultSessionStore<Account>> stores;

    People(Optional<SessionLimit> limit) {
      SessionPolicy policy = SessionPolicy.builder().limit(limit).build();
      stores = members().map(member -> store(member, policy, issued)).toList();
    }

    DefaultSessionStore<Account> on(int member) {
      return stores.get(Math.floorMod(member, stores.size()));
    }

    void forget() {
      issued.clear();
    }

    OpenSession<Account> open(int member, SessionCookieValue cookie) {
      return on(member).open(List.of(cookie.reveal()));
    }

    /** A session that nobody has logged in to. */
    SessionCookieValue anonymous(int member) {
      return cookie(on(member).store(on(member).create(Account.EMPTY)));
    }

    SessionCookieCommand login(int member, SessionCookieValue cookie, String name) {
      OpenSession<Account> session = open(member, cookie);
      session.login(name);
      return session.complete();
    }

    SessionCookieValue loggedIn(int member, String name) {
      return cookie(login(member, anonymous(member), name));
    }

    SessionHandle handle(SessionCookieValue cookie) {
      return open(0, cookie).handle();
    }

    Set<SessionHandle> handles(List<SessionCookieValue> cookies) {
      Set<SessionHandle> handles = new LinkedHashSet<>();
      cookies.forEach(cookie -> handles.add(handle(cookie)));
      return handles;
    }

    /** Those of {@code some} that live. A request that finds none of them may begin another. */
    Set<SessionHandle> alive(Set<SessionHandle> some) {
      Set<SessionHandle> alive = alive();
      alive.retainAll(some);
      return alive;
    }

    /** The sessions that some member serves under one of the cookie values drawn so far. */
    Set<SessionHandle> alive() {
      Set<SessionHandle> alive = new LinkedHashSet<>();
      for (SessionCookieValue value : issued) {
        for (DefaultSessionStore<Account> store : stores) {
          OpenSession<Account> session = store.open(List.of(value.reveal()));
          if (!session.isNew()) {
            alive.add(session.handle());
          }
        }
      }
      return alive;
    }

    boolean isAlive(SessionCookieValue cookie) {
      Set<Boolean> answers = new HashSet<>();
      stores.forEach(store -> answers.add(!store.open(List.of(cookie.reveal())).isNew()));
      assertThat(answers).as("what the members say of one session").hasSize(1);
      return answers.contains(true);
    }

    /** A request that was read before the race on even rounds, and is read in it else. */
    Callable<SessionCookieCommand> request(
        int round, int member, SessionCookieValue cookie, Consumer<OpenSession<Account>> what) {
      return readEarlyOrLate(
          round,
          () -> {
            OpenSession<Account> session = open(member, cookie);
            what.accept(session);
            return session;
          });
    }
  }

  private People people() {
    return new People(Optional.empty());
  }

  private People people(int sessions, WhenReached whenReached) {
    return new People(Optional.of(new SessionLimit(sessions, whenReached)));
  }

  private static Callable<SessionCookieCommand> done(Runnable what) {
    return () -> {
      what.run();
      return SessionCookieCommand.DoNothing.INSTANCE;
    };
  }

  // ---- The entry of a principal

  @Test
  void principal_neverStored_hasNoSessions() {
    assertThat(connector().lookUpPrincipal("nobody").principal()).isEqualTo(PrincipalRecord.NONE);
  }

  @Test
  void principal_written_isReadOnTheOtherMember() {
    PrincipalRecord one = admitted(PrincipalRecord.NONE);

    assertThat(connector().writePrincipal("Jörg €", connector().lookUpPrincipal("Jörg €"), one))
        .isTrue();

    assertThat(otherMember().lookUpPrincipal("Jörg €").principal()).isEqualTo(one);
    assertThat(otherMember().lookUpPrincipal("Jörg").principal()).isEqualTo(PrincipalRecord.NONE);
  }

  @Test
  void principal_writtenOnAnOldValue_isRefused() {
    PrincipalRecord.Stored nothing = connector().lookUpPrincipal("anna");
    PrincipalRecord one = admitted(PrincipalRecord.NONE);
    assertThat(otherMember().writePrincipal("anna", nothing, one)).isTrue();
    PrincipalRecord.Stored first = connector().lookUpPrincipal("anna");
    PrincipalRecord two = admitted(one);
    assertThat(otherMember().writePrincipal("anna", first, two)).isTrue();

    assertThat(connector().writePrincipal("anna", nothing, one)).isFalse();
    assertThat(connector().writePrincipal("anna", first, one)).isFalse();

    assertThat(connector().lookUpPrincipal("anna").principal()).isEqualTo(two);
  }

  private PrincipalRecord admitted(PrincipalRecord before) {
    return before.admit(
        session(Account.EMPTY).handle(), freshId(), now(), SessionExpiry.at(now().plusSeconds(60)));
  }

  @Test
  void find_sessionThatMoved_isFoundByAnOldId() {
    List<SessionId> chain = chain(3);
    SessionHandle handle = live(connector(), chain.get(3)).session().handle();

    assertThat(otherMember().findSession(handle, chain.get(0)).live())
        .map(session -> session.handle())
        .contains(handle);

    connector().endSession(handle, chain.get(3));
    assertThat(otherMember().findSession(handle, chain.get(0)).live()).isEmpty();
  }

  // ---- List and end, in turn

  @Test
  void sessions_ofAPrincipal_areListedOnEveryMember() {
    People people = people();
    OpenSession<Account> phone = people.open(0, people.anonymous(0));
    phone.login("anna");
    phone.setLabel("Firefox on a phone");
    phone.complete();
    clock().advance(Duration.ofSeconds(5));
    SessionCookieValue laptop = people.loggedIn(1, "anna");
    people.loggedIn(0, "bert");

    List<SessionSummary> listed = people.on(1).sessions("anna").toList();

    assertThat(listed)
        .containsExactly(
            new SessionSummary(
                phone.handle(),
                Optional.of("Firefox on a phone"),
                now().minusSeconds(5),
                now().minusSeconds(5),
                Optional.of(now().minusSeconds(5)),
                SessionExpiry.at(now().minusSeconds(5).plus(TIME_TO_LIVE))),
            new SessionSummary(
                people.handle(laptop),
                Optional.empty(),
                now(),
                now(),
                Optional.of(now()),
                expiry()));
    assertThat(people.on(0).count("anna")).isEqualTo(2);
    assertThat(people.on(0).count("nobody")).isZero();
  }

  @Test
  void sessions_rotatedExpiredOrLoggedOut_showWhatThereIs() {
    People people = people();
    SessionCookieValue rotating = people.loggedIn(0, "anna");
    SessionCookieValue leaving = people.loggedIn(1, "anna");
    clock().advance(TIME_TO_LIVE.minusSeconds(1));
    OpenSession<Account> used = people.open(1, rotating);
    used.rotateId();
    SessionCookieValue rotated = cookie(used.complete());
    people.on(0).store(deleted(people.open(0, leaving)));
    SessionCookieValue idle = people.loggedIn(0, "anna");
    people.on(1).store(expiring(people.open(1, idle)));
    clock().advance(Duration.ofSeconds(2));

    assertThat(people.on(1).sessions("anna").map(SessionSummary::handle))
        .containsExactly(people.handle(rotated));
  }

  private static OpenSession<Account> deleted(OpenSession<Account> session) {
    session.delete();
    return session;
  }

  private static OpenSession<Account> expiring(OpenSession<Account> session) {
    session.setTimeToLive(Duration.ofSeconds(1));
    return session;
  }

  @Test
  void end_byHandle_isForItsPrincipalOnly() {
    People people = people();
    SessionCookieValue one = people.loggedIn(0, "anna");
    SessionCookieValue other = people.loggedIn(1, "anna");
    SessionHandle handle = people.handle(one);

    assertThat(people.on(1).end("bert", handle)).isFalse();
    assertThat(people.isAlive(one)).isTrue();

    assertThat(people.on(1).end("anna", handle)).isTrue();
    assertThat(people.isAlive(one)).isFalse();
    assertThat(people.isAlive(other)).isTrue();
    assertThat(people.on(0).end("anna", handle)).isFalse();
  }

  @Test
  void end_byHandleAlone_endsWhosever() {
    People people = people();
    SessionCookieValue one = people.loggedIn(0, "anna");

    people.on(1).end(people.handle(one));

    assertThat(people.isAlive(one)).isFalse();
    assertThat(people.on(0).count("anna")).isZero();
  }

  @Test
  void endAll_endsThoseOfOnePrincipal() {
    People people = people();
    SessionCookieValue one = people.loggedIn(0, "anna");
    SessionCookieValue other = people.loggedIn(1, "anna");
    SessionCookieValue stranger = people.loggedIn(1, "bert");

    people.on(0).endAll("anna");

    assertThat(people.isAlive(one)).isFalse();
    assertThat(people.isAlive(other)).isFalse();
    assertThat(people.isAlive(stranger)).isTrue();
    assertThat(people.isAlive(people.loggedIn(1, "anna"))).isTrue();
    assertThat(people.on(0).count("anna")).isEqualTo(1);
  }

  @Test
  void endOthers_leavesTheCurrentOne() {
    People people = people();
    SessionCookieValue one = people.loggedIn(0, "anna");
    SessionCookieValue other = people.loggedIn(1, "anna");

    people.on(1).endOthers(people.open(1, other));

    assertThat(people.isAlive(one)).isFalse();
    assertThat(people.isAlive(other)).isTrue();
  }

  @Test
  void login_ofAnotherUser_movesTheSession() {
    People people = people();
    SessionCookieValue anna = people.loggedIn(0, "anna");
    SessionCookieValue bert = cookie(people.login(1, anna, "bert"));

    assertThat(people.on(0).count("anna")).isZero();
    assertThat(people.on(0).count("bert")).isEqualTo(1);
    people.on(0).endAll("anna");
    assertThat(people.isAlive(bert)).isTrue();
  }

  // ---- The limit, in turn

  @Test
  void limit_endOldest_endsTheOneThatLoggedInFirst() {
    People people = people(2, WhenReached.END_OLDEST);
    SessionCookieValue first = people.loggedIn(0, "anna");
    SessionCookieValue second = people.loggedIn(1, "anna");
    SessionCookieValue third = people.loggedIn(1, "anna");

    assertThat(people.isAlive(first)).isFalse();
    assertThat(people.isAlive(second)).isTrue();
    assertThat(people.isAlive(third)).isTrue();
  }

  @Test
  void limit_refuse_refusesUntilOneIsOver() {
    People people = people(2, WhenReached.REFUSE);
    SessionCookieValue first = people.loggedIn(0, "anna");
    people.loggedIn(1, "anna");
    SessionCookieValue late = people.anonymous(0);

    assertThatExceptionOfType(SessionLimitException.class)
        .isThrownBy(() -> people.login(0, late, "anna"));
    assertThat(people.isAlive(late)).as("the session that was to log in").isTrue();
    people.on(0).store(deleted(people.open(0, first)));

    assertThat(people.isAlive(cookie(people.login(1, late, "anna")))).isTrue();
  }

  @Test
  void limit_refuse_sessionsThatExpiredUnused_takeNoPlace() {
    People people = people(2, WhenReached.REFUSE);
    people.loggedIn(0, "anna");
    people.loggedIn(1, "anna");
    clock().advance(TIME_TO_LIVE);

    assertThat(people.isAlive(people.loggedIn(0, "anna"))).isTrue();
  }

  @Test
  void limit_refuse_loggingInAgain_needsNoSecondPlace() {
    People people = people(1, WhenReached.REFUSE);
    SessionCookieValue once = people.loggedIn(0, "anna");
    clock().advance(Duration.ofMinutes(1));

    SessionCookieValue twice = cookie(people.login(1, once, "anna"));

    assertThat(people.open(0, twice).authenticatedAt()).contains(now());
  }

  /** As it is after a crash between the two. */
  @Test
  void limit_refuse_loginThatWasLetInAndNeverStored_takesAPlaceForAMinute() {
    People people = people(1, WhenReached.REFUSE);
    assertThat(
            connector()
                .writePrincipal(
                    "anna",
                    connector().lookUpPrincipal("anna"),
                    PrincipalRecord.NONE.admit(
                        session(Account.EMPTY).handle(),
                        freshId(),
                        now(),
                        SessionExpiry.at(now().plus(Duration.ofHours(12))))))
        .isTrue();

    assertThatExceptionOfType(SessionLimitException.class)
        .isThrownBy(() -> people.loggedIn(1, "anna"));
    clock().advance(LONGEST_LOGIN);

    assertThat(people.isAlive(people.loggedIn(1, "anna"))).isTrue();
  }

  // ---- Races

  @Test
  void race_tenLoginsWithLimitThree_threeLive() {
    People people = people(LIMIT, WhenReached.END_OLDEST);
    rounds(
        "ten logins, limit 3, the oldest ends",
        ROUNDS_OF_LOGINS,
        (tally, round) -> {
          List<Outcome<SessionCookieCommand>> outcomes = logins(people, round);
          boolean decided = true;
          for (Outcome<SessionCookieCommand> outcome : outcomes) {
            // One that was let in and had to go before it was stored is refused.
            decided &= count(tally, verdict(outcome)) != Verdict.UNKNOWN;
          }
          settleLogins(tally, people, "user " + round, decided);
        });
  }

  @Test
  void race_tenLoginsWithLimitThree_threeAreLetIn() {
    People people = people(LIMIT, WhenReached.REFUSE);
    rounds(
        "ten logins, limit 3, the newest is refused",
        ROUNDS_OF_LOGINS,
        (tally, round) -> {
          List<Outcome<SessionCookieCommand>> outcomes = logins(people, round);
          boolean decided = true;
          for (Outcome<SessionCookieCommand> outcome : outcomes) {
            if (outcome.threw(SessionLimitException.class)) {
              tally.conflict();
            } else {
              decided &= count(tally, verdict(outcome)) != Verdict.UNKNOWN;
            }
          }
          settleLogins(tally, people, "user " + round, decided);
        });
  }

  private List<Outcome<SessionCookieCommand>> logins(People people, int round) {
    List<SessionCookieValue> anonymous = new ArrayList<>();
    for (int i = 0; i < LOGINS; i++) {
      anonymous.add(people.anonymous(i));
    }
    people.forget();
    List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
    for (int i = 0; i < LOGINS; i++) {
      int member = i;
      parties.add(
          people.request(
              round, member, anonymous.get(i), session -> session.login("user " + round)));
    }
    return Race.run(round, parties);
  }

  private static void settleLogins(RaceTally tally, People people, String name, boolean decided) {
    Set<SessionHandle> alive = people.alive();
    if (alive.size() > LIMIT) {
      tally.fork();
    }
    Set<SessionHandle> listed = new HashSet<>();
    people.on(1).sessions(name).forEach(session -> listed.add(session.handle()));
    if (decided && (alive.size() != LIMIT || !listed.equals(alive))) {
      tally.lost();
    }
  }

  @Test
  void race_endAllAgainstRequests_nothingComesBack() {
    People people = people();
    rounds(
        "end all against updates and new ids",
        (tally, round) -> {
          String name = "user " + round;
          people.forget();
          List<SessionCookieValue> sessions = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            sessions.add(people.loggedIn(i, name));
          }
          Set<SessionHandle> ended = people.handles(sessions);
          OpenSession<Account> late = people.open(round, sessions.get(0));
          late.rotateId();
          List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
          parties.add(done(() -> people.on(round).endAll(name)));
          for (int i = 0; i < parties(round) + 1; i++) {
            parties.add(people.request(round / 2, i, sessions.get(i % 3), change(i)));
          }
          checkEnd(tally, Race.run(round, parties), people, ended, Set.of());
          // What was in flight all the time.
          Outcome<SessionCookieCommand> afterwards =
              Race.run(0, List.<Callable<SessionCookieCommand>>of(late::complete)).get(0);
          if (afterwards instanceof Outcome.Returned || !people.alive(ended).isEmpty()) {
            tally.lost();
          }
        });
  }

  @Test
  void race_endOthersAgainstRequests_oneLives() {
    People people = people();
    rounds(
        "end all others against updates and new ids",
        (tally, round) -> {
          String name = "user " + round;
          people.forget();
          SessionCookieValue current = people.loggedIn(round, name);
          List<SessionCookieValue> others =
              List.of(people.loggedIn(round + 1, name), people.loggedIn(round, name));
          SessionHandle kept = people.handle(current);
          Set<SessionHandle> ended = people.handles(others);
          OpenSession<Account> own = people.open(round, current);
          List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
          parties.add(done(() -> people.on(round).endOthers(own)));
          parties.add(people.request(round, round + 1, current, change(round)));
          for (int i = 0; i < parties(round); i++) {
            parties.add(people.request(round / 2, i, others.get(i % 2), change(i)));
          }
          checkEnd(tally, Race.run(round, parties), people, ended, Set.of(kept));
        });
  }

  @Test
  void race_endOneAgainstRequests_theOtherLives() {
    People people = people();
    rounds(
        "end one by its handle against updates and new ids",
        (tally, round) -> {
          String name = "user " + round;
          people.forget();
          SessionCookieValue one = people.loggedIn(round, name);
          SessionHandle other = people.handle(people.loggedIn(round + 1, name));
          SessionHandle handle = people.handle(one);
          List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
          parties.add(done(() -> people.on(round).end(name, handle)));
          for (int i = 0; i < parties(round); i++) {
            parties.add(people.request(round / 2, i, one, change(i)));
          }
          checkEnd(tally, Race.run(round, parties), people, Set.of(handle), Set.of(other));
        });
  }

  @Test
  void race_endsOfOneSession_oneIsToldThatItWasTheOne() {
    rounds(
        "ends of one session at once",
        (tally, round) -> {
          SessionId id = freshId();
          SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
          SessionId successor = freshId(id);
          written(member(round + 1).remapSession(successor, id, live, live.session()));
          List<Callable<Boolean>> parties = new ArrayList<>();
          for (int i = 0; i < parties(round); i++) {
            SessionStoreConnector<Account> member = member(i);
            SessionId known = i % 3 == 0 ? id : successor;
            parties.add(() -> member.endSession(live.session().handle(), known));
          }
          int told = 0;
          boolean decided = true;
          for (Outcome<Boolean> outcome : Race.run(round, parties)) {
            if (outcome.threw(SessionStoreUnavailableException.class)) {
              decided = false;
              tally.unknown();
            } else if (outcome.value()) {
              told++;
              tally.winner();
            }
          }
          if (told > 1) {
            tally.fork();
          }
          if (decided && told == 0) {
            tally.lost();
          }
          assertThat(connector().endSession(live.session().handle(), successor)).isFalse();
        });
  }

  @Test
  void race_endAllAgainstTheLoginOfAnotherUser_oneOfTheTwo() {
    People people = people();
    rounds(
        "end all against another user's login",
        (tally, round) -> {
          String name = "user " + round;
          people.forget();
          SessionCookieValue session = people.loggedIn(round, name);
          SessionHandle handle = people.handle(session);
          List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
          parties.add(done(() -> people.on(round).endAll(name)));
          parties.add(people.request(round, round + 1, session, s -> s.login("another " + round)));
          List<Outcome<SessionCookieCommand>> outcomes = Race.run(round, parties);
          Verdict ended = count(tally, verdict(outcomes.get(0)));
          Outcome<SessionCookieCommand> login = outcomes.get(1);
          // A request that finds the session ended begins a new one, which is another's.
          boolean won = count(tally, verdict(login)) == Verdict.WON;
          Set<SessionHandle> alive = people.alive();
          boolean lives = alive.contains(handle);
          boolean acknowledged = won && people.handle(cookie(login.value())).equals(handle);
          if (ended == Verdict.REFUSED || lives != acknowledged) {
            tally.lost();
          }
          if (people.on(round).count(name) > 0) {
            tally.fork();
          }
        });
  }

  private static Consumer<OpenSession<Account>> change(int party) {
    return switch (party % 4) {
      case 0 -> OpenSession::rotateId;
      case 1 -> session -> session.update(a -> a.addLeft(1));
      case 2 -> session -> session.update(a -> a.withUser("late"));
      default -> session -> session.set(session.data().addRight(1));
    };
  }

  private static void checkEnd(
      RaceTally tally,
      List<Outcome<SessionCookieCommand>> outcomes,
      People people,
      Set<SessionHandle> ended,
      Set<SessionHandle> kept) {
    Verdict end = count(tally, verdict(outcomes.get(0)));
    outcomes.stream().skip(1).forEach(outcome -> count(tally, verdict(outcome)));
    if (end == Verdict.REFUSED || !people.alive(kept).equals(kept)) {
      tally.lost();
    }
    if (end == Verdict.WON && !people.alive(ended).isEmpty()) {
      tally.fork();
    }
  }

  @Test
  void load_memberThatCannotReadTheEntry_refuses() {
    People people = people();
    SessionCookieValue one = people.loggedIn(0, "anna");
    RecordingConnector<Account> broken = new RecordingConnector<>(otherMember());
    DefaultSessionStore<Account> store =
        store(broken, SessionPolicy.DEFAULT, new ConcurrentLinkedQueue<>());
    broken.fail(RecordingConnector.Operation.LOOK_UP_PRINCIPAL);

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> store.open(List.of(one.reveal())));
    assertThat(store.open(List.of(one.reveal())).isNew()).isFalse();
  }
}
