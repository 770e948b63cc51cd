package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Race.Outcome;

/** The races of a back-end's operations. */
abstract class OperationRaces extends TwoMembers {

  @Test
  void race_createsOfOneId_oneWins() {
    rounds(
        "create of one id",
        (tally, round) -> {
          SessionId id = freshId();
          run(tally, round, id, null, entrants(parties(round), i -> creator(i, id)));
        });
  }

  @Test
  void race_t1RemapsOfOneVersion_oneWins() {
    rounds(
        "T1 remaps of one version",
        (tally, round) -> {
          SessionId id = freshId();
          SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
          run(
              tally,
              round,
              id,
              Account.EMPTY,
              entrants(parties(round), i -> remapper(i, id, live)));
        });
  }

  @Test
  void race_t1UpdatesByIdsAlone_oneWins() {
    rounds(
        "T1 updates by ids alone",
        (tally, round) -> {
          SessionId id = freshId();
          createdOn(member(round), id, Account.EMPTY);
          run(tally, round, id, Account.EMPTY, entrants(parties(round), i -> updater(i, id)));
        });
  }

  @Test
  void race_remapsAndWritesOfOneVersion_oneWins() {
    rounds(
        "remaps and writes of one version",
        (tally, round) -> {
          SessionId id = freshId();
          SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
          run(
              tally,
              round,
              id,
              Account.EMPTY,
              entrants(
                  parties(round), i -> i % 2 == 0 ? remapper(i, id, live) : writer(i, id, live)));
        });
  }

  @Test
  void race_chainOfRemapsUnderRivals_oneWinsEachLink() {
    List<SessionId> issued = new ArrayList<>();
    issued.add(freshId());
    created(issued.get(0), Account.EMPTY);
    rounds(
        "T1 along one chain",
        (tally, round) -> {
          SessionId current = issued.get(issued.size() - 1);
          SessionLookup.Live<Account> live = live(member(round), current);
          List<Entrant> entrants = entrants(parties(round), i -> remapper(i, current, live));
          run(tally, round, current, live.session().data(), entrants);
          entrants.stream()
              .map(Entrant::leaves)
              .filter(left -> connector().readSession(left).isPresent())
              .findAny()
              .ifPresent(issued::add);
        });
    assertThat(liveIds(issued)).containsExactly(issued.get(issued.size() - 1));
  }

  @Test
  void race_remapsOfSeveralSessionsToOneId_oneGetsIt() {
    rounds(
        "remaps of several sessions to one id",
        (tally, round) -> {
          SessionId wanted = freshId();
          List<SessionId> ids = new ArrayList<>();
          List<Callable<WriteSessionResult<Account>>> parties = new ArrayList<>();
          for (int i = 0; i < parties(round); i++) {
            SessionId id = freshId();
            SessionLookup.Live<Account> live = createdOn(member(i + round), id, Account.EMPTY);
            SessionStoreConnector<Account> member = member(i);
            SessionRecord<Account> next = live.session().withData(marked(i));
            ids.add(id);
            parties.add(() -> member.remapSession(wanted, id, live, next));
          }
          List<Outcome<WriteSessionResult<Account>>> outcomes = Race.run(round, parties);
          List<Verdict> verdicts = new ArrayList<>();
          for (Outcome<WriteSessionResult<Account>> outcome : outcomes) {
            verdicts.add(count(tally, verdict(outcome)));
          }
          Optional<Account> there = otherMember().readSession(wanted).map(SessionRecord::data);
          for (int i = 0; i < ids.size(); i++) {
            boolean stayed = !liveIds(List.of(ids.get(i))).isEmpty();
            boolean arrived = there.equals(Optional.of(marked(i)));
            if (stayed && arrived) {
              tally.fork();
            }
            boolean gone = !stayed && !arrived;
            boolean asAnswered =
                switch (verdicts.get(i)) {
                  case WON -> arrived;
                  case REFUSED -> stayed;
                  case UNKNOWN -> true;
                };
            if (gone || !asAnswered) {
              tally.lost();
            }
          }
        });
  }

  @Test
  void race_t2RemapAgainstLateWrites_remapStands() {
    rounds(
        "T2 remap against late writes",
        (tally, round) -> {
          SessionId id = freshId();
          SessionId successor = freshId(id);
          SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
          Account login = Account.EMPTY.withUser("anna");
          List<Callable<WriteSessionResult<Account>>> parties = new ArrayList<>();
          parties.add(() -> connector().updateSession(successor, id, expiry(), login));
          for (int i = 1; i < parties(round); i++) {
            parties.add(writer(i, id, live).write());
          }
          List<Outcome<WriteSessionResult<Account>>> outcomes = Race.run(round, parties);
          Verdict remap = count(tally, verdict(outcomes.get(0)));
          outcomes.stream()
              .skip(1)
              .map(TwoMembers::verdict)
              .filter(verdict -> verdict != Verdict.WON)
              .forEach(verdict -> count(tally, verdict));
          Set<SessionId> alive = liveIds(List.of(id, successor));
          if (alive.size() > 1) {
            tally.fork();
          }
          boolean stands =
              alive.equals(Set.of(successor))
                  && otherMember().readSession(successor).orElseThrow().data().equals(login);
          if (remap == Verdict.UNKNOWN ? alive.isEmpty() : !stands) {
            tally.lost();
          }
          if (remap == Verdict.WON) {
            assertConflict(otherMember().writeSession(id, live, live.session()));
          }
        });
  }

  @Test
  void race_t3EndAgainstWritesOfTheSameId_endStands() {
    rounds(
        "T3 end against writes of its id",
        (tally, round) -> {
          SessionId id = freshId();
          SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
          SessionStoreConnector<Account> member = member(round / 2);
          List<Entrant> writers =
              entrants(
                  parties(round) - 1,
                  i ->
                      switch (i % 3) {
                        case 0 -> remapper(i, id, live);
                        case 1 -> writer(i, id, live);
                        default -> updater(i, id);
                      });
          boolean ended =
              runEnd(tally, round, List.of(id), writers, () -> member.deleteSession(id));
          SessionId late = freshId();
          if (ended
              && (isWritten(otherMember().writeSession(id, live, live.session()))
                  || isWritten(connector().updateSession(late, id, expiry(), Account.EMPTY)))) {
            tally.lost();
          }
        });
  }

  @Test
  void race_t4EndThroughATombstoneAgainstWritesOfTheSuccessor_endStands() {
    rounds(
        "T4 end through a tombstone",
        (tally, round) -> {
          SessionId id = freshId();
          SessionId successor = freshId(id);
          SessionLookup.Live<Account> live =
              remapped(successor, id, createdOn(member(round), id, Account.EMPTY));
          SessionStoreConnector<Account> member = member(round / 2);
          List<Entrant> writers =
              entrants(
                  parties(round) - 1,
                  i ->
                      switch (i % 3) {
                        case 0 -> remapper(i, successor, live);
                        case 1 -> updater(i, successor);
                        default -> writer(i, successor, live);
                      });
          runEnd(tally, round, List.of(id, successor), writers, () -> member.deleteSession(id));
        });
  }

  @Test
  void race_endManyRotationsAgoAgainstRemaps_endStands() {
    rounds(
        "T4 end by an old id or by the handle alone",
        (tally, round) -> {
          List<SessionId> chain = chain(1 + round % 4);
          SessionId last = chain.get(chain.size() - 1);
          SessionLookup.Live<Account> live = live(member(round), last);
          SessionHandle handle = live.session().handle();
          SessionId known = round % 2 == 0 ? chain.get(0) : freshId();
          SessionStoreConnector<Account> member = member(round / 2);
          List<Entrant> writers =
              entrants(
                  parties(round) - 1, i -> i % 2 == 0 ? updater(i, last) : remapper(i, last, live));
          runEnd(tally, round, chain, writers, () -> member.endSession(handle, known));
        });
  }

  @Test
  void race_endsOfOneSession_itEnds() {
    rounds(
        "ends of one session against a remap",
        (tally, round) -> {
          List<SessionId> chain = chain(2);
          SessionId last = chain.get(2);
          SessionLookup.Live<Account> live = live(member(round), last);
          SessionStoreConnector<Account> other = member(round + 1);
          List<Entrant> others = new ArrayList<>();
          others.add(remapper(0, last, live));
          for (int i = 1; i < parties(round) - 1; i++) {
            SessionId id = chain.get(i % chain.size());
            others.add(
                new Entrant(
                    id,
                    Account.EMPTY,
                    () -> {
                      other.deleteSession(id);
                      return new WriteSessionResult.Conflict<>();
                    }));
          }
          runEnd(tally, round, chain, others, () -> member(0).deleteSession(chain.get(0)));
        });
  }

  @Test
  void race_clearAgainstRemapsAndWrites_nothingSurvives() {
    rounds(
        "clear against remaps and writes",
        (tally, round) -> {
          List<SessionId> ids = new ArrayList<>();
          List<Entrant> writers =
              entrants(
                  parties(round) - 1,
                  i -> {
                    SessionId id = freshId();
                    ids.add(id);
                    SessionLookup.Live<Account> live =
                        createdOn(member(round + i), id, Account.EMPTY);
                    return switch (i % 3) {
                      case 0 -> remapper(i, id, live);
                      case 1 -> updater(i, id);
                      default -> writer(i, id, live);
                    };
                  });
          runEnd(tally, round, ids, writers, member(round / 2)::clear);
        });
  }

  /**
   * A party in a race of writes.
   *
   * @param leaves the id that is live if it wins
   * @param data what is stored then
   */
  record Entrant(SessionId leaves, Account data, Callable<WriteSessionResult<Account>> write) {}

  static List<Entrant> entrants(int count, IntFunction<Entrant> entrant) {
    return IntStream.range(0, count).mapToObj(entrant).toList();
  }

  Entrant creator(int party, SessionId id) {
    SessionStoreConnector<Account> member = member(party);
    SessionRecord<Account> session = session(marked(party));
    return new Entrant(id, session.data(), () -> member.createSession(id, session));
  }

  Entrant remapper(int party, SessionId id, SessionLookup.Live<Account> live) {
    SessionId successor = party % 2 == 0 ? freshId(id) : freshId();
    SessionStoreConnector<Account> member = member(party);
    SessionRecord<Account> next = live.session().withData(marked(party));
    return new Entrant(
        successor, next.data(), () -> member.remapSession(successor, id, live, next));
  }

  Entrant updater(int party, SessionId id) {
    SessionId successor = party % 2 == 0 ? freshId(id) : freshId();
    SessionStoreConnector<Account> member = member(party);
    Account data = marked(party);
    SessionExpiry expiry = expiry();
    return new Entrant(successor, data, () -> member.updateSession(successor, id, expiry, data));
  }

  Entrant writer(int party, SessionId id, SessionLookup.Live<Account> live) {
    SessionStoreConnector<Account> member = member(party);
    SessionRecord<Account> next = live.session().withData(marked(party));
    return new Entrant(id, next.data(), () -> member.writeSession(id, live, next));
  }

  /** Data that tells who wrote it. */
  static Account marked(int party) {
    return Account.EMPTY.addLeft(party + 1);
  }

  /**
   * Runs writes of which one has to win and the others have to lose, and checks what is stored.
   *
   * @param before what is stored under {@code id} before, or null if nothing is
   */
  void run(
      RaceTally tally, int round, SessionId id, @Nullable Account before, List<Entrant> entrants) {
    List<Outcome<WriteSessionResult<Account>>> outcomes =
        Race.run(round, entrants.stream().map(Entrant::write).toList());
    List<Entrant> won = new ArrayList<>();
    List<Entrant> unknown = new ArrayList<>();
    for (int i = 0; i < entrants.size(); i++) {
      switch (count(tally, verdict(outcomes.get(i)))) {
        case WON -> won.add(entrants.get(i));
        case UNKNOWN -> unknown.add(entrants.get(i));
        case REFUSED -> {}
      }
    }
    List<SessionId> issued =
        Stream.concat(Stream.of(id), entrants.stream().map(Entrant::leaves)).toList();
    Set<SessionId> alive = liveIds(issued);
    if (alive.size() > 1 || won.size() > 1) {
      tally.fork();
    }
    Stream<SessionStoreConnector<Account>> members = members();
    if (!members.allMatch(member -> isOutcome(member, id, before, alive, won, unknown))) {
      tally.lost();
    }
  }

  static boolean isOutcome(
      SessionStoreConnector<Account> member,
      SessionId id,
      @Nullable Account before,
      Set<SessionId> alive,
      List<Entrant> won,
      List<Entrant> unknown) {
    if (alive.isEmpty()) {
      return won.isEmpty() && before == null && !unknown.isEmpty();
    }
    SessionId there = alive.iterator().next();
    Optional<Account> data = member.readSession(there).map(SessionRecord::data);
    boolean nobody = there.equals(id) && before != null && data.equals(Optional.of(before));
    List<Entrant> candidates = won.isEmpty() ? unknown : won;
    return (won.isEmpty() && !unknown.isEmpty() && nobody)
        || candidates.stream()
            .anyMatch(
                entrant ->
                    entrant.leaves().equals(there) && data.equals(Optional.of(entrant.data())));
  }

  /**
   * Runs the end of sessions against writes of them, and checks that nothing is left.
   *
   * @return whether the end was acknowledged
   */
  boolean runEnd(
      RaceTally tally, int round, List<SessionId> ids, List<Entrant> writers, Runnable end) {
    List<Callable<Boolean>> parties = new ArrayList<>();
    parties.add(
        () -> {
          end.run();
          return true;
        });
    for (Entrant writer : writers) {
      parties.add(() -> isWritten(writer.write().call()));
    }
    List<Outcome<Boolean>> outcomes = Race.run(round, parties);
    boolean ended = !outcomes.get(0).threw(SessionStoreUnavailableException.class);
    if (ended && outcomes.get(0).value()) {
      tally.winner();
    }
    for (Outcome<Boolean> outcome : outcomes) {
      if (outcome.threw(SessionStoreUnavailableException.class)) {
        tally.unknown();
      } else if (!outcome.value()) {
        tally.conflict();
      }
    }
    List<SessionId> issued =
        Stream.concat(ids.stream(), writers.stream().map(Entrant::leaves)).toList();
    if (ended && !liveIds(issued).isEmpty()) {
      tally.lost();
    }
    return ended;
  }

  static boolean isWritten(WriteSessionResult<Account> result) {
    return result instanceof WriteSessionResult.Written;
  }
}
