package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testkit.Race.Outcome;

/** The races of requests that share a session. */
abstract class SessionRaces extends OperationRaces {

  @Test
  void race_t1Logins_oneSuccessor() {
    Stores stores = new Stores();
    rounds(
        "T1 logins",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(
                  round, begun, i -> session -> session.update(a -> a.withUser("user " + i)));
          int unknownBefore = tally.unknownOutcomes();
          Set<SessionId> alive = stores.alive(begun.handle());
          Set<SessionId> won = new LinkedHashSet<>();
          for (int i = 0; i < outcomes.size(); i++) {
            if (count(tally, verdict(outcomes.get(i))) == Verdict.WON) {
              SessionCookieValue cookie = cookie(outcomes.get(i).value());
              won.add(cookie.id());
              String user = stores.read(i + 1, cookie).user();
              if (!user.equals("user " + i)) {
                tally.lost();
              }
            }
          }
          if (alive.size() > 1 || won.size() > 1) {
            tally.fork();
          }
          boolean decided = tally.unknownOutcomes() == unknownBefore;
          if (decided ? !alive.equals(won) : alive.isEmpty() || !alive.containsAll(won)) {
            tally.lost();
          }
        });
  }

  @Test
  void race_t1bTheSameLogin_isOneLogin() {
    Stores stores = new Stores();
    rounds(
        "T1b the same login",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(round, begun, i -> session -> logIn(session, user(round, i)));
          Set<SessionId> alive = stores.alive(begun.handle());
          Set<SessionId> given = new LinkedHashSet<>();
          Set<String> users = new LinkedHashSet<>();
          int unknownBefore = tally.unknownOutcomes();
          int won = 0;
          for (int i = 0; i < outcomes.size(); i++) {
            if (count(tally, verdict(outcomes.get(i))) == Verdict.WON) {
              SessionCookieValue cookie = cookie(outcomes.get(i).value());
              given.add(cookie.id());
              users.add(user(round, i));
              won++;
            }
          }
          int unknown = tally.unknownOutcomes() - unknownBefore;
          if (alive.size() > 1 || given.size() > 1 || users.size() > 1) {
            tally.fork();
          } else if (alive.isEmpty() || (unknown == 0 && !alive.equals(given))) {
            tally.lost();
          } else {
            Account stored = live(otherMember(), alive.iterator().next()).session().data();
            long expected =
                stored.user().equals("eve") ? 1 : outcomes.size() - (round % 3 == 0 ? 1 : 0);
            if (stored.left() < won
                || stored.left() > won + unknown
                || (unknown == 0 && won != expected)) {
              tally.lost();
            }
          }
        });
  }

  // In every third round one of them is somebody else.
  private static String user(int round, int party) {
    return round % 3 == 0 && party == 0 ? "eve" : "anna";
  }

  private static void logIn(OpenSession<Account> session, String user) {
    session.principal(user);
    session.update(a -> a.withUser(user).addLeft(1));
  }

  @Test
  void race_t2LoginAgainstRoutineUpdates_bothKeptOrRefused() {
    Stores stores = new Stores();
    rounds(
        "T2 login against routine updates",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(
                  round,
                  begun,
                  i -> session -> session.update(a -> i == 0 ? a.withUser("anna") : a.addLeft(1)));
          Verdict login = count(tally, verdict(outcomes.get(0)));
          Set<SessionId> alive = stores.alive(begun.handle());
          if (alive.size() > 1) {
            tally.fork();
          } else if (alive.isEmpty()
              || login == Verdict.REFUSED
              || (login == Verdict.WON
                  && !alive.equals(Set.of(cookie(outcomes.get(0).value()).id())))) {
            tally.lost();
          } else {
            checkSum(
                tally,
                outcomes.subList(1, outcomes.size()),
                live(otherMember(), alive.iterator().next()).session().data().left());
          }
        });
  }

  @Test
  void race_t3LogoutAgainstLateWrites_nothingComesBack() {
    Stores stores = new Stores();
    rounds(
        "T3 logout against late writes",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          OpenSession<Account> late = stores.open(round, begun.cookie());
          late.update(a -> a.addRight(1));
          checkLogout(
              tally,
              stores,
              begun,
              stores.race(round, begun, i -> i == 0 ? OpenSession::delete : write(i)));
          if (Race.run(0, List.<Callable<SessionCookieCommand>>of(late::complete)).get(0)
              instanceof Outcome.Returned) {
            tally.lost();
          }
          if (!stores.alive(begun.handle()).isEmpty()) {
            tally.lost();
          }
        });
  }

  @Test
  void race_t4LogoutWithAReplacedIdAgainstWrites_nothingSurvives() {
    Stores stores = new Stores();
    rounds(
        "T4 logout with a replaced id",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          // Opened before the login on even rounds; finds a tombstone on odd ones.
          Callable<SessionCookieCommand> logout =
              stores.request(round, 0, begun, OpenSession::delete);
          OpenSession<Account> login = stores.open(round + 1, begun.cookie());
          login.update(a -> a.withUser("anna"));
          Begun successor = new Begun(cookie(login.complete()), begun.handle());
          List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
          parties.add(logout);
          for (int i = 1; i < parties(round); i++) {
            parties.add(stores.request(round / 2, i, successor, write(i)));
          }
          checkLogout(tally, stores, begun, Race.run(round, parties));
        });
  }

  @Test
  void race_t5Increments_allCount() {
    Stores stores = new Stores();
    rounds(
        "T5 increments by update",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(round, begun, i -> session -> session.update(a -> a.addLeft(1)));
          checkSum(tally, outcomes, stores.read(round + 1, begun.cookie()).left());
          if (outcomes.stream().anyMatch(o -> verdict(o) == Verdict.REFUSED)) {
            // Routine updates are run again; none of so few may be refused.
            tally.lost();
          }
        });
  }

  @Test
  void race_t5IncrementsBySet_countOrAreRefused() {
    Stores stores = new Stores();
    rounds(
        "T5 increments by set",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(
                  round,
                  begun,
                  i ->
                      i % 2 == 0
                          ? session -> session.set(session.data().addLeft(1))
                          : session -> session.update(a -> a.addLeft(1)));
          checkSum(tally, outcomes, stores.read(round + 1, begun.cookie()).left());
        });
  }

  @Test
  void race_t6TwoFields_bothKept() {
    Stores stores = new Stores();
    rounds(
        "T6 two fields",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(
                  round,
                  begun,
                  i -> session -> session.update(a -> i % 2 == 0 ? a.addLeft(1) : a.addRight(1)));
          Account account = stores.read(round + 1, begun.cookie());
          checkSum(tally, every(2, 0, outcomes), account.left());
          checkSum(tally, every(2, 1, outcomes), account.right());
        });
  }

  @Test
  void race_t7Transfers_invariantHolds() {
    Stores stores = new Stores();
    rounds(
        "T7 an invariant over two fields",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          List<Callable<SessionCookieCommand>> parties =
              stores.requests(
                  round,
                  begun,
                  i -> session -> session.update(a -> a.addLeft(i + 1).addRight(-(i + 1))));
          parties.add(
              () -> {
                OpenSession<Account> session = stores.open(round + 1, begun.cookie());
                assertThat(session.data().left() + session.data().right()).isZero();
                return session.complete();
              });
          List<Outcome<SessionCookieCommand>> outcomes = Race.run(round, parties);
          outcomes.forEach(outcome -> count(tally, verdict(outcome)));
          Account account = stores.read(round, begun.cookie());
          long written = 0;
          boolean decided = true;
          for (int i = 0; i < outcomes.size() - 1; i++) {
            written += verdict(outcomes.get(i)) == Verdict.WON ? i + 1 : 0;
            decided &= verdict(outcomes.get(i)) != Verdict.UNKNOWN;
          }
          if (account.left() + account.right() != 0 || (decided && account.left() != written)) {
            tally.lost();
          }
        });
  }

  @Test
  void race_t10ReadersInTheRenewalWindow_oneRenewalAtMost() {
    Stores stores = new Stores();
    rounds(
        "T10 readers in the renewal window",
        (tally, round) -> {
          Begun begun = stores.begin(round);
          clock().advance(Duration.ofMinutes(11));
          long writesBefore = stores.writesInPlace();
          List<Outcome<SessionCookieCommand>> outcomes =
              stores.race(round, begun, i -> OpenSession::data);
          for (Outcome<SessionCookieCommand> outcome : outcomes) {
            Verdict verdict = verdict(outcome);
            if (verdict == Verdict.UNKNOWN) {
              count(tally, verdict);
            } else if (verdict == Verdict.REFUSED
                || outcome.value() != SessionCookieCommand.DoNothing.INSTANCE) {
              tally.lost();
            }
          }
          long renewals = stores.writesInPlace() - writesBefore;
          for (int i = 0; i < renewals; i++) {
            tally.winner();
          }
          if (renewals > 1) {
            tally.fork();
          }
          SessionExpiry expiry = live(otherMember(), begun.cookie().id()).session().expiry();
          if (renewals == 1 && !expiry.equals(expiry())) {
            tally.lost();
          }
        });
  }

  /**
   * A store on a member.
   *
   * @param issued where every cookie value goes that it draws
   */
  DefaultSessionStore<Account> store(
      SessionStoreConnector<Account> member,
      SessionPolicy policy,
      Queue<SessionCookieValue> issued) {
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            member,
            new AccountCodec(),
            PrivilegeRule.of(Account.class),
            () -> Account.EMPTY,
            policy,
            preferred -> {
              SessionCookieValue value = cookies.next(preferred);
              issued.add(value);
              return value;
            },
            clock(),
            Seed.random(),
            event -> {}));
  }

  /** A stored session at the start of a round. */
  record Begun(SessionCookieValue cookie, SessionHandle handle) {}

  /** A store on each member, and every cookie value that they drew since the round began. */
  final class Stores {
    private final Queue<SessionCookieValue> issued = new ConcurrentLinkedQueue<>();
    private final List<DefaultSessionStore<Account>> stores =
        members().map(member -> store(member, SessionPolicy.DEFAULT, issued)).toList();

    private DefaultSessionStore<Account> on(int member) {
      return stores.get(Math.floorMod(member, stores.size()));
    }

    Begun begin(int round) {
      issued.clear();
      Session<Account> session = on(round).create(Account.EMPTY);
      return new Begun(cookie(on(round).store(session)), session.handle());
    }

    OpenSession<Account> open(int member, SessionCookieValue cookie) {
      return on(member).open(List.of(cookie.reveal()));
    }

    /**
     * A request that has read its session before the race on even rounds, and reads it in it else.
     */
    Callable<SessionCookieCommand> request(
        int round, int party, Begun begun, Consumer<OpenSession<Account>> change) {
      Callable<OpenSession<Account>> changed =
          () -> {
            OpenSession<Account> session = open(party, begun.cookie());
            change.accept(session);
            return session;
          };
      return readEarlyOrLate(round, changed);
    }

    /** Requests at once, each with the change of its number. */
    List<Outcome<SessionCookieCommand>> race(
        int round, Begun begun, IntFunction<Consumer<OpenSession<Account>>> change) {
      return Race.run(round, requests(round, begun, change));
    }

    List<Callable<SessionCookieCommand>> requests(
        int round, Begun begun, IntFunction<Consumer<OpenSession<Account>>> change) {
      List<Callable<SessionCookieCommand>> requests = new ArrayList<>();
      for (int i = 0; i < parties(round); i++) {
        requests.add(request(round, i, begun, change.apply(i)));
      }
      return requests;
    }

    /** The data of a session that must be there. */
    Account read(int member, SessionCookieValue cookie) {
      OpenSession<Account> session = open(member, cookie);
      assertThat(session.isNew()).as("session %s is new", session).isFalse();
      return session.data();
    }

    /** Every id issued in this round that is live for the session, on any member. */
    Set<SessionId> alive(SessionHandle handle) {
      Set<SessionId> alive = new LinkedHashSet<>();
      for (SessionCookieValue value : issued) {
        if (members()
            .anyMatch(
                member ->
                    member
                        .readSession(value.id())
                        .filter(session -> session.handle().equals(handle))
                        .isPresent())) {
          alive.add(value.id());
        }
      }
      return alive;
    }

    long writesInPlace() {
      return stores.stream().mapToLong(store -> store.statistics().writesInPlace()).sum();
    }
  }

  static Callable<SessionCookieCommand> readEarlyOrLate(
      int round, Callable<OpenSession<Account>> changed) {
    if (round % 2 == 1) {
      return () -> changed.call().complete();
    }
    try {
      return changed.call()::complete;
    } catch (Exception e) {
      throw new AssertionError("a request failed before the race", e);
    }
  }

  /** A late write of one kind or another. */
  static Consumer<OpenSession<Account>> write(int party) {
    return switch (party % 3) {
      case 0 -> session -> session.update(a -> a.withUser("late"));
      case 1 -> session -> session.update(a -> a.addLeft(1));
      default -> session -> session.set(session.data().addRight(1));
    };
  }

  static SessionCookieValue cookie(SessionCookieCommand command) {
    assertThat(command).isInstanceOf(SessionCookieCommand.Set.class);
    return ((SessionCookieCommand.Set) command).cookieValue();
  }

  void checkLogout(
      RaceTally tally, Stores stores, Begun begun, List<Outcome<SessionCookieCommand>> outcomes) {
    Verdict logout = count(tally, verdict(outcomes.get(0)));
    outcomes.stream()
        .skip(1)
        .map(TwoMembers::verdict)
        .filter(verdict -> verdict != Verdict.WON)
        .forEach(verdict -> count(tally, verdict));
    Set<SessionId> alive = stores.alive(begun.handle());
    if (alive.size() > 1) {
      tally.fork();
    }
    if (logout == Verdict.REFUSED || (logout == Verdict.WON && !alive.isEmpty())) {
      tally.lost();
    }
  }

  /** Counts the outcomes and compares those that were acknowledged with what is stored. */
  static void checkSum(RaceTally tally, List<Outcome<SessionCookieCommand>> outcomes, long stored) {
    int won = 0;
    int unknown = 0;
    for (Outcome<SessionCookieCommand> outcome : outcomes) {
      Verdict verdict = count(tally, verdict(outcome));
      won += verdict == Verdict.WON ? 1 : 0;
      unknown += verdict == Verdict.UNKNOWN ? 1 : 0;
    }
    if (stored < won || stored > won + unknown) {
      tally.lost();
    }
  }

  static <T> List<T> every(int step, int first, List<T> list) {
    return IntStream.range(0, list.size())
        .filter(i -> i % step == first)
        .mapToObj(list::get)
        .toList();
  }
}
