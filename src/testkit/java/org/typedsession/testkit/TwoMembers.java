package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Race.Outcome;

/** Two members of a back-end, which share what they store: what a test of a back-end is made of. */
@ExtendWith(SeedExtension.class)
abstract class TwoMembers {

  static final int ROUNDS = Integer.getInteger("contract.rounds", 500);
  static final int FEWEST_PARTIES = 2;
  static final int MOST_PARTIES = 6;
  static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);

  private @Nullable TestReporter reporter;

  final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(Seed.random());

  /** A member of the back-end, the same object each time within one test. */
  protected abstract SessionStoreConnector<Account> connector();

  /** Another member of the same back-end, if it can have several. */
  protected SessionStoreConnector<Account> otherMember() {
    return connector();
  }

  /** The clock of both members. Where a back-end also evicts by a clock of its own, never mind. */
  protected abstract MutableClock clock();

  /** The configured life of an ended tombstone. */
  protected Duration endedTombstone() {
    return Duration.ofMinutes(15);
  }

  /** Whether the back-end gives an expired entry's id free at the time of the injected clock. */
  protected boolean freesExpiredIdsByInjectedClock() {
    return true;
  }

  /** What the figures call this back-end. */
  protected String name() {
    return connector().getClass().getSimpleName();
  }

  @BeforeAll
  static void forgetFiguresOfEarlierRuns(TestInfo test) throws IOException {
    Files.deleteIfExists(RaceTally.file(test.getTestClass().orElseThrow()));
  }

  @BeforeEach
  void reportTo(TestReporter reporter) {
    this.reporter = reporter;
  }

  enum Verdict {
    WON,
    REFUSED,
    UNKNOWN
  }

  static <T> Verdict verdict(Outcome<T> outcome) {
    if (outcome.threw(SessionStoreUnavailableException.class)) {
      return Verdict.UNKNOWN;
    }
    if (outcome.threw(SessionConflictException.class)) {
      return Verdict.REFUSED;
    }
    T value = outcome.value();
    return value instanceof WriteSessionResult<?> && !(value instanceof WriteSessionResult.Written)
        ? Verdict.REFUSED
        : Verdict.WON;
  }

  static Verdict count(RaceTally tally, Verdict verdict) {
    switch (verdict) {
      case WON -> tally.winner();
      case REFUSED -> tally.conflict();
      case UNKNOWN -> tally.unknown();
    }
    return verdict;
  }

  /** One round of a race: sets the scene, lets the parties go, and judges. */
  interface Round {
    void run(RaceTally tally, int round);
  }

  /** Runs a race again and again, and fails if its figures say that a promise was broken. */
  void rounds(String race, Round once) {
    rounds(race, ROUNDS, once);
  }

  void rounds(String race, int count, Round once) {
    RaceTally tally = new RaceTally(race);
    for (int round = 0; round < count; round++) {
      tally.round();
      once.run(tally, round);
    }
    tally.settle(Objects.requireNonNull(reporter), getClass(), name());
  }

  static int parties(int round) {
    return FEWEST_PARTIES + round % (MOST_PARTIES - FEWEST_PARTIES + 1);
  }

  Stream<SessionStoreConnector<Account>> members() {
    return Stream.of(connector(), otherMember());
  }

  SessionStoreConnector<Account> member(int number) {
    return number % 2 == 0 ? connector() : otherMember();
  }

  Set<SessionId> liveIds(List<SessionId> ids) {
    Set<SessionId> alive = new LinkedHashSet<>();
    for (SessionId id : ids) {
      if (members().anyMatch(member -> member.readSession(id).isPresent())) {
        alive.add(id);
      }
    }
    return alive;
  }

  /** Any id: nothing that the back-end would rather have. */
  SessionId freshId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  /** An id as a store draws it for a session that has {@code predecessor} now. */
  SessionId freshId(SessionId predecessor) {
    return cookies.next(connector().placement(predecessor)).id();
  }

  Instant now() {
    return clock().instant().truncatedTo(ChronoUnit.MILLIS);
  }

  SessionExpiry expiry() {
    return SessionExpiry.at(now().plus(TIME_TO_LIVE));
  }

  SessionRecord<Account> session(Account data) {
    return connector().newSession(expiry(), data);
  }

  SessionLookup.Live<Account> created(SessionId id, Account data) {
    return createdOn(connector(), id, data);
  }

  SessionLookup.Live<Account> createdOn(
      SessionStoreConnector<Account> member, SessionId id, Account data) {
    return written(member.createSession(id, session(data)));
  }

  SessionLookup.Live<Account> remapped(
      SessionId successor, SessionId id, SessionLookup.Live<Account> live) {
    return written(otherMember().remapSession(successor, id, live, live.session()));
  }

  /** A session that was remapped {@code rotations} times: all of its ids, the live one last. */
  List<SessionId> chain(int rotations) {
    List<SessionId> chain = new ArrayList<>();
    chain.add(freshId());
    SessionLookup.Live<Account> live = created(chain.get(0), Account.EMPTY);
    for (int i = 0; i < rotations; i++) {
      SessionId successor = i % 2 == 0 ? freshId() : freshId(chain.get(i));
      live = remapped(successor, chain.get(i), live);
      chain.add(successor);
    }
    return chain;
  }

  static SessionLookup.Live<Account> live(SessionStoreConnector<Account> member, SessionId id) {
    SessionLookup<Account> found = member.lookUpSession(id);
    if (found instanceof SessionLookup.Live<Account> live) {
      return live;
    }
    throw new AssertionError("expected a live session, found " + found);
  }

  static SessionLookup.Live<Account> written(WriteSessionResult<Account> result) {
    if (result instanceof WriteSessionResult.Written<Account> written) {
      return written.stored();
    }
    throw new AssertionError("expected a write, got " + result);
  }

  static void assertConflict(WriteSessionResult<Account> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Conflict.class);
  }

  void assertDead(SessionId id) {
    members().forEach(member -> assertThat(member.readSession(id)).isEmpty());
  }
}
