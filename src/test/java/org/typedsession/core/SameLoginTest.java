package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.spi.Handover;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionLookup;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector.Operation;

/**
 * The same login sent twice is one login (T1b): who joins the request that replaced the id, what
 * comes of it, and who does not, whatever else it knows.
 */
final class SameLoginTest {
  private static final SessionCookieCommand NOTHING = SessionCookieCommand.DoNothing.INSTANCE;
  private static final Account BASKET = Account.EMPTY.addLeft(3);

  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
  private final SessionCookieValue cookie = world.stored(BASKET);

  private static Account toAnn(Account account) {
    return account.withUser("ann");
  }

  /** A login made for somebody who is not logged in. */
  private static Account toAnnOnce(Account account) {
    if (account.user().equals("ann")) {
      throw new IllegalStateException("logged in already");
    }
    return toAnn(account);
  }

  /** A request that logs in, up to the end of its handler. */
  private OpenSession<Account> login(SessionCookieValue value, String name) {
    OpenSession<Account> request = world.open(value);
    request.principal(name);
    request.update(a -> a.withUser(name));
    return request;
  }

  private static SessionCookieValue cookieOf(SessionCookieCommand command) {
    assertThat(command).isInstanceOf(SessionCookieCommand.Set.class);
    return ((SessionCookieCommand.Set) command).cookieValue();
  }

  private void assertRefused(OpenSession<Account> loser, SessionCookieValue winner) {
    Account before = world.open(winner).data();
    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(loser::complete);
    assertThat(loser.abandon()).isEqualTo(NOTHING);
    assertThat(world.open(winner).data()).isEqualTo(before);
    assertThat(world.store.statistics().joins()).isZero();
  }

  // ---- Who is one with the winner

  @Test
  void complete_sixOfOneLogin_allGetTheSameCookieOfOneLiveSession() {
    List<OpenSession<Account>> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(login(cookie, "ann"));
    }

    List<SessionCookieValue> given =
        requests.stream().map(each -> cookieOf(each.complete())).distinct().toList();

    assertThat(given).hasSize(1);
    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(world.open(given.get(0)).data()).isEqualTo(BASKET.withUser("ann"));
    assertThat(world.store.statistics().remaps()).isOne();
    assertThat(world.store.statistics().joins()).isEqualTo(5);
    assertThat(world.store.statistics().conflicts()).isZero();
  }

  @Test
  void complete_secondClickAfterTheFirstHasEnded_joinsAndKeepsTheBasket() {
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    world.clock.advance(SessionPolicy.DEFAULT.overtaken().minusMillis(1));
    OpenSession<Account> second = login(cookie, "ann");
    assertThat(second.data().left()).as("nothing is read").isZero();

    assertThat(second.wantsCookie()).isTrue();
    assertThat(cookieOf(second.complete())).isEqualTo(winner);

    assertThat(second.data()).isEqualTo(BASKET.withUser("ann"));
    assertThat(world.open(winner).data()).isEqualTo(BASKET.withUser("ann"));
  }

  @Test
  void complete_loserAlsoChangesSomethingElse_thatIsKeptToo() {
    OpenSession<Account> loser = login(cookie, "ann");
    loser.update(a -> a.addLeft(4));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);

    assertThat(world.open(winner).data()).isEqualTo(BASKET.addLeft(4).withUser("ann"));
  }

  @Test
  void complete_winnerChangesWhileTheLoserJoins_bothAreKept() {
    OpenSession<Account> loser = login(cookie, "ann");
    loser.update(a -> a.addLeft(4));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    world.connector.before(
        Operation.WRITE,
        () -> {
          OpenSession<Account> routine = world.open(winner);
          routine.update(a -> a.addLeft(10));
          routine.complete();
        });

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);

    assertThat(world.open(winner).data()).isEqualTo(BASKET.addLeft(14).withUser("ann"));
  }

  @Test
  void complete_updatesOnlyForSomebodyWhoIsNotLoggedIn_areNotRunAgainIfTheyMadeTheSame() {
    OpenSession<Account> loser = world.open(cookie);
    loser.principal("ann");
    loser.update(SameLoginTest::toAnnOnce);
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);

    assertThat(world.open(winner).data()).isEqualTo(BASKET.withUser("ann"));
  }

  @Test
  void complete_updatesThatWouldUndoThemselves_areNotRunAgainIfTheyMadeTheSame() {
    UnaryOperator<Account> toggle = a -> a.withUser(a.user().equals("ann") ? "nobody" : "ann");
    OpenSession<Account> loser = world.open(cookie);
    loser.login("ann");
    loser.update(toggle);
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);

    assertThat(world.open(winner).data()).isEqualTo(BASKET.withUser("ann"));
  }

  @Test
  void complete_updatesThatCannotRunAgainAndTheWinnerWroteSince_keepsThat() {
    OpenSession<Account> loser = world.open(cookie);
    loser.login("ann");
    loser.update(SameLoginTest::toAnnOnce);
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    OpenSession<Account> later = world.open(winner);
    later.update(a -> a.addLeft(1));
    later.complete();

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);

    assertThat(world.open(winner).data()).isEqualTo(BASKET.addLeft(1).withUser("ann"));
  }

  @Test
  void complete_loserAsksForALongerLife_theWinnersSessionGetsIt() {
    OpenSession<Account> loser = login(cookie, "ann");
    loser.setTimeToLive(Duration.ofHours(2));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    SessionCookieCommand command = loser.complete();

    assertThat(cookieOf(command)).isEqualTo(winner);
    assertThat(world.open(winner).timeToLive()).contains(Duration.ofHours(2));
    assertThat(((SessionCookieCommand.Set) command).expiry())
        .isEqualTo(world.open(winner).expiry());
  }

  @Test
  void complete_loginsByName_areOneToo() {
    OpenSession<Account> loser = world.open(cookie);
    loser.login("ann");
    OpenSession<Account> first = world.open(cookie);
    first.login("ann");
    SessionCookieValue winner = cookieOf(first.complete());

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);

    OpenSession<Account> late = world.open(cookie);
    late.login("ann");
    assertThat(cookieOf(late.complete())).isEqualTo(winner);
  }

  @Test
  void complete_withoutReruns_joinsAllTheSame() {
    StoreInMemory<Account> once =
        StoreInMemory.ofAccounts(SessionPolicy.builder().maximumReruns(0).build());
    SessionCookieValue old = once.stored(BASKET);
    OpenSession<Account> second = once.open(old);
    second.login("ann");
    OpenSession<Account> first = once.open(old);
    first.login("ann");
    SessionCookieValue winner = cookieOf(first.complete());

    assertThat(cookieOf(second.complete())).isEqualTo(winner);
  }

  @Test
  void handle_ofALateClick_isTheOneThatItJoins() {
    SessionHandle handle = world.open(cookie).handle();
    cookieOf(login(cookie, "ann").complete());
    OpenSession<Account> late = login(cookie, "ann");

    assertThat(late.handle()).isEqualTo(handle);
    late.complete();
    assertThat(late.handle()).isEqualTo(handle);
  }

  @Test
  void complete_lateClickAsksForALongLife_getsWhatTheWinnersLifetimeLeaves() {
    StoreInMemory<Account> brief =
        StoreInMemory.ofAccounts(
            SessionPolicy.builder().absoluteLifetime(Duration.ofMinutes(25)).build());
    SessionCookieValue old = brief.stored(BASKET);
    brief.clock.advance(Duration.ofMinutes(20));
    OpenSession<Account> first = brief.open(old);
    first.login("ann");
    SessionCookieValue winner = cookieOf(first.complete());
    OpenSession<Account> late = brief.open(old);
    late.login("ann");
    late.setTimeToLive(Duration.ofHours(8));

    assertThat(cookieOf(late.complete())).isEqualTo(winner);

    assertThat(late.timeToLive()).contains(Duration.ofMinutes(5));
    assertThat(brief.open(winner).timeToLive()).contains(Duration.ofMinutes(5));
  }

  @Test
  void save_joinedInTheMiddle_theRestOfTheRequestGoesOnThere() {
    OpenSession<Account> loser = login(cookie, "ann");
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    loser.save();
    loser.update(a -> a.addRight(1));

    assertThat(cookieOf(loser.complete())).isEqualTo(winner);
    assertThat(world.open(winner).data()).isEqualTo(BASKET.addRight(1).withUser("ann"));
  }

  @Test
  void complete_dataOfTheSession_isSealedToo() {
    assertThat(world.connector.lookUpSession(cookie.id())).isInstanceOf(SessionLookup.Live.class);
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    SessionLookup<Account> dead = world.connector.lookUpSession(cookie.id());

    assertThat(dead).isInstanceOf(SessionLookup.Moved.class);
    Handover handover = ((SessionLookup.Moved<Account>) dead).handover();
    SessionHandle handle = world.open(winner).handle();
    assertThat(Successor.open(handover, cookie, handle))
        .hasValueSatisfying(found -> assertThat(found.cookieValue()).isEqualTo(winner));
    assertThat(Successor.open(handover, winner, handle)).isEmpty();
    assertThat(Successor.open(handover, cookie, new SessionHandle(1, 2))).isEmpty();
    assertThat(new String(handover.bytes(), StandardCharsets.ISO_8859_1))
        .doesNotContain(winner.revealSecret());
  }

  // ---- Who is not, though it holds the old id

  @Test
  void complete_anotherUser_isAConflict() {
    OpenSession<Account> meanwhile = login(cookie, "mallory");
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertRefused(meanwhile, winner);
    assertRefused(login(cookie, "mallory"), winner);
  }

  @Test
  void complete_anotherUserWhoseDataIsTheSame_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.update(a -> a.withUser("customer"));
    meanwhile.login("mallory");
    OpenSession<Account> login = world.open(cookie);
    login.update(a -> a.withUser("customer"));
    login.login("ann");
    SessionCookieValue winner = cookieOf(login.complete());

    assertRefused(meanwhile, winner);
  }

  /** A planted id: whoever has it must not get the session that another makes of it. */
  @Test
  void complete_changeThatNeedsNoCredentials_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.update(a -> a.withUser("guest"));
    OpenSession<Account> first = world.open(cookie);
    first.update(a -> a.withUser("guest"));
    SessionCookieValue winner = cookieOf(first.complete());

    assertRefused(meanwhile, winner);
    OpenSession<Account> late = world.open(cookie);
    late.update(a -> a.withUser("guest").addLeft(3));
    assertRefused(late, winner);
  }

  @Test
  void complete_readOfAnAuthenticatedUser_leavesTheCookieAlone() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.principal("ann");
    meanwhile.data();
    OpenSession<Account> first = world.open(cookie);
    first.principal("ann");
    cookieOf(first.complete());
    OpenSession<Account> late = world.open(cookie);
    late.principal("ann");
    late.data();

    for (OpenSession<Account> read : List.of(meanwhile, late)) {
      assertThat(read.wantsCookie()).isEqualTo(read == meanwhile);
      assertThat(read.complete()).isEqualTo(NOTHING);
    }
    assertThat(world.store.statistics().joins()).isZero();
  }

  @Test
  void complete_routineChangeOfAnAuthenticatedUser_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.principal("ann");
    meanwhile.update(a -> a.addLeft(1));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertRefused(meanwhile, winner);
  }

  @Test
  void complete_loginAgainAgainstANewIdAlone_isAConflict() {
    OpenSession<Account> before = world.open(cookie);
    before.login("ann");
    SessionCookieValue member = cookieOf(before.complete());
    world.clock.advance(Duration.ofMinutes(10));
    OpenSession<Account> again = world.open(member);
    again.login("ann");
    // Whoever that was, it has shown nothing.
    OpenSession<Account> rotation = world.open(member);
    rotation.rotateId();
    SessionCookieValue winner = cookieOf(rotation.complete());

    assertRefused(again, winner);
    OpenSession<Account> late = world.open(member);
    late.login("ann");
    assertRefused(late, winner);
  }

  @Test
  void complete_loginAgainAgainstAnotherChangeOfPrivileges_isAConflict() {
    OpenSession<Account> before = world.open(cookie);
    before.login("ann");
    SessionCookieValue member = cookieOf(before.complete());
    world.clock.advance(Duration.ofMinutes(10));
    OpenSession<Account> again = world.open(member);
    again.login("ann");
    again.update(a -> a.withUser("administrator"));
    OpenSession<Account> first = world.open(member);
    first.update(a -> a.withUser("administrator"));
    SessionCookieValue winner = cookieOf(first.complete());

    assertRefused(again, winner);
  }

  @Test
  void save_refusedAfterJoining_isRefusedAgain() {
    OpenSession<Account> loser = world.open(cookie);
    loser.principal("ann");
    loser.update(a -> a.withUser(a.left() > 5 ? "rich" : "ann"));
    loser.update(a -> a.addRight(1));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    world.connector.before(
        Operation.WRITE,
        () -> {
          OpenSession<Account> other = world.open(winner);
          other.update(a -> a.addLeft(10));
          other.complete();
        });

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(loser::save);
    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(loser::save);

    assertThat(world.open(winner).data().user()).isEqualTo("ann");
  }

  @Test
  void complete_nobodyWhoseDataIsTheSame_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.update(SameLoginTest::toAnn);
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertRefused(meanwhile, winner);
  }

  @Test
  void complete_sameUserWithOtherPrivileges_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.principal("ann");
    meanwhile.update(a -> a.withUser("ann, once"));
    OpenSession<Account> stepUp = world.open(cookie);
    stepUp.principal("ann");
    stepUp.update(a -> a.withUser("ann, twice"));
    SessionCookieValue winner = cookieOf(stepUp.complete());

    assertRefused(meanwhile, winner);
  }

  @Test
  void complete_sameUserWhoseUpdatesLeaveTheWinnersPrivileges_hasNotShownThem() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.principal("ann");
    meanwhile.update(a -> a.user().equals("ann, twice") ? a : a.withUser("ann, once"));
    OpenSession<Account> stepUp = world.open(cookie);
    stepUp.principal("ann");
    stepUp.update(a -> a.withUser("ann, twice"));
    SessionCookieValue winner = cookieOf(stepUp.complete());

    assertRefused(meanwhile, winner);
  }

  @Test
  void complete_newIdAlone_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.rotateId();
    OpenSession<Account> first = world.open(cookie);
    first.rotateId();
    SessionCookieValue winner = cookieOf(first.complete());

    assertRefused(meanwhile, winner);
    OpenSession<Account> late = world.open(cookie);
    late.rotateId();
    assertThat(late.complete()).as("nothing to store").isEqualTo(NOTHING);
  }

  @Test
  void complete_routineChange_isAConflict() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.update(a -> a.addLeft(1));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertRefused(meanwhile, winner);
    OpenSession<Account> late = world.open(cookie);
    late.update(a -> a.addLeft(1));
    assertRefused(late, winner);
  }

  @Test
  void complete_sessionOfTheUserAlready_routineChangeDoesNotFollowItsNewId() {
    SessionCookieValue member = cookieOf(login(cookie, "ann").complete());
    OpenSession<Account> thief = world.open(member);
    thief.update(a -> a.addLeft(1));
    OpenSession<Account> user = world.open(member);
    user.principal("ann");
    user.rotateId();
    SessionCookieValue winner = cookieOf(user.complete());

    assertRefused(thief, winner);
  }

  @Test
  void complete_sessionOfTheUserAlready_theNameInItIsNoCredential() {
    SessionCookieValue member = cookieOf(login(cookie, "ann").complete());
    // Its own change of privileges, but not what the user has just shown who she is for.
    OpenSession<Account> thief = world.open(member);
    thief.update(a -> a.withUser("ann, administrator").addLeft(1));
    OpenSession<Account> user = world.open(member);
    user.principal("ann");
    user.update(a -> a.withUser("ann, administrator"));
    SessionCookieValue winner = cookieOf(user.complete());

    assertRefused(thief, winner);
  }

  @Test
  void complete_setAndMutate_areConflicts() {
    OpenSession<Account> set = world.open(cookie);
    set.principal("ann");
    set.set(BASKET.withUser("ann"));
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());

    assertThatExceptionOfType(SessionConflictException.class)
        .isThrownBy(set::complete)
        .satisfies(
            conflict ->
                assertThat(conflict.retryAfter()).isEqualTo(SessionPolicy.DEFAULT.overtaken()));
    OpenSession<Account> late = world.open(cookie);
    late.principal("ann");
    late.set(BASKET.withUser("ann"));
    assertRefused(late, winner);
    OpenSession<Account> lateMutation = login(cookie, "ann");
    lateMutation.mutate(account -> {});
    assertRefused(lateMutation, winner);
  }

  @Test
  void complete_heldOpenBeyondTheSpan_isAConflict() {
    OpenSession<Account> before = login(cookie, "ann");
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    OpenSession<Account> within = login(cookie, "ann");
    world.clock.advance(SessionPolicy.DEFAULT.overtaken());

    assertRefused(before, winner);
    assertRefused(within, winner);
    assertThat(world.events).noneMatch(SessionEvent.SessionReplayed.class::isInstance);
  }

  @Test
  void complete_heldOpenForAMinute_isNoReplayAndEndsNothing() {
    StoreInMemory<Account> strict =
        StoreInMemory.ofAccounts(SessionPolicy.builder().endReplayed(true).build());
    SessionCookieValue old = strict.stored(BASKET);
    OpenSession<Account> slow = strict.open(old);
    slow.update(a -> a.addLeft(1));
    OpenSession<Account> login = strict.open(old);
    login.update(SameLoginTest::toAnn);
    SessionCookieValue winner = cookieOf(login.complete());
    strict.clock.advance(SessionPolicy.DEFAULT.replayAfter());

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(slow::complete);

    assertThat(strict.open(winner).isNew()).isFalse();
    assertThat(strict.events).noneMatch(SessionEvent.SessionReplayed.class::isInstance);
  }

  @Test
  void complete_afterTheSpan_beginsASessionOfItsOwn() {
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    world.clock.advance(SessionPolicy.DEFAULT.overtaken());

    SessionCookieValue fresh = cookieOf(login(cookie, "ann").complete());

    assertThat(fresh).isNotEqualTo(winner);
    assertThat(world.open(fresh).handle()).isNotEqualTo(world.open(winner).handle());
    assertThat(world.open(fresh).data().left()).isZero();
    assertThat(world.store.statistics().replays()).isZero();
  }

  @Test
  void complete_winnerHasLoggedOut_staysLoggedOut() {
    OpenSession<Account> meanwhile = login(cookie, "ann");
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    OpenSession<Account> logout = world.open(winner);
    logout.delete();
    logout.complete();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(meanwhile::complete);
    assertThatExceptionOfType(SessionConflictException.class)
        .isThrownBy(login(cookie, "ann")::complete);

    assertThat(world.open(winner).isNew()).isTrue();
  }

  @Test
  void complete_winnerHasGoneOnToAnotherId_isAConflict() {
    OpenSession<Account> meanwhile = login(cookie, "ann");
    SessionCookieValue winner = cookieOf(login(cookie, "ann").complete());
    OpenSession<Account> stepUp = world.open(winner);
    stepUp.update(a -> a.withUser("ann, administrator"));
    SessionCookieValue last = cookieOf(stepUp.complete());

    assertRefused(meanwhile, last);
  }

  @Test
  void complete_updatesCannotRunOnTheWinnersData_isAConflictWithTheirException() {
    OpenSession<Account> meanwhile = world.open(cookie);
    meanwhile.principal("ann");
    meanwhile.update(a -> toAnnOnce(a).addLeft(1));
    login(cookie, "ann").complete();

    assertThatExceptionOfType(SessionConflictException.class)
        .isThrownBy(meanwhile::complete)
        .havingCause()
        .withMessage("logged in already");
  }

  @Test
  void complete_typeThatDeclaresNoPrivilege_isAConflictAndHandsNothingOver() {
    StoreInMemory<String> texts = StoreInMemory.ofText(SessionPolicy.DEFAULT);
    SessionCookieValue old = texts.stored("");
    OpenSession<String> first = texts.open(old);
    first.update(text -> "same");
    OpenSession<String> second = texts.open(old);
    second.update(text -> "same");
    first.complete();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(second::complete);

    assertThat(texts.connector.lookUpSession(old.id()))
        .isInstanceOfSatisfying(
            SessionLookup.Moved.class,
            moved -> assertThat(moved.handover()).isEqualTo(Handover.NONE));
  }
}
