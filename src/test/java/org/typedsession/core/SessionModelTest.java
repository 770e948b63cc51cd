package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionLookup;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector.Operation;

/**
 * Runs requests in any mixture, several of them open at a time, against a plain model: which
 * changes are stored and which refused, what becomes of the cookie, which ids live and until when,
 * and what it costs.
 */
final class SessionModelTest {
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);
  private static final Duration RENEW_BELOW = Duration.ofMinutes(20);
  private static final Duration LIFETIME = Duration.ofMinutes(100);
  private static final Duration OVERTAKEN = Duration.ofSeconds(3);
  private static final Duration REPLAY_AFTER = Duration.ofSeconds(30);
  private static final int OPEN_REQUESTS = 3;
  private static final int LONGEST_CHAIN = 80;

  private static final SessionPolicy POLICY =
      new SessionPolicy(
          Optional.of(TIME_TO_LIVE),
          new SessionRenewalStrategy.Automatic(TIME_TO_LIVE, RENEW_BELOW),
          Optional.of(LIFETIME),
          16,
          OVERTAKEN,
          REPLAY_AFTER,
          false,
          false,
          Optional.empty());

  private static final List<UnaryOperator<Account>> CHANGES =
      List.of(
          a -> a,
          a -> a.addLeft(1),
          a -> a.addRight(a.left()),
          a -> a.withUser("user " + a.left()),
          // A privilege change or nothing, depending on what others have done.
          a -> a.left() % 2 == 1 ? a.withUser("odd") : a);

  @Property(tries = 500, seed = "1")
  void requests_inAnyMixture_behaveLikeTheModel(@ForAll("chains") ActionChain<World> chain) {
    chain.withInvariant(World::checkIds).run();
  }

  @Provide
  Arbitrary<ActionChain<World>> chains() {
    Arbitrary<Integer> slot = Arbitraries.integers().between(0, OPEN_REQUESTS - 1);
    Arbitrary<Integer> change = Arbitraries.integers().between(0, CHANGES.size() - 1);
    return ActionChain.startWith(World::new)
        .withAction(
            6,
            action(
                Combinators.combine(slot, Arbitraries.integers().between(0, 7))
                    .as((s, i) -> step("open " + s + " with id " + i, w -> w.open(s, i)))))
        .withAction(
            6,
            action(
                Combinators.combine(slot, change)
                    .as((s, c) -> step("update " + s + " by " + c, w -> w.update(s, c)))))
        .withAction(
            2,
            action(
                Combinators.combine(slot, change)
                    .as((s, c) -> step("set " + s + " by " + c, w -> w.set(s, c)))))
        .withAction(
            2,
            action(
                Combinators.combine(slot, Arbitraries.of(0, 1, 15, 45, 1_000))
                    .as((s, m) -> step("expire " + s + " in " + m, w -> w.expire(s, m)))))
        .withAction(1, action(slot.map(s -> step("rotate " + s, w -> w.rotate(s)))))
        .withAction(1, action(slot.map(s -> step("delete " + s, w -> w.delete(s)))))
        .withAction(2, action(slot.map(s -> step("save " + s, w -> w.save(s)))))
        .withAction(7, action(slot.map(s -> step("complete " + s, w -> w.complete(s)))))
        .withAction(1, action(slot.map(s -> step("abandon " + s, w -> w.abandon(s)))))
        .withAction(
            3,
            action(
                Arbitraries.of(1, 2, 3, 30, 5 * 60, 10 * 60 + 1, 25 * 60, 40 * 60)
                    .map(n -> step("wait " + n + " s", w -> w.advance(n)))))
        .withMaxTransformations(LONGEST_CHAIN);
  }

  private static Transformer<World> step(String name, Consumer<World> effect) {
    return Transformer.mutate(name, effect);
  }

  private static Action.Independent<World> action(Arbitrary<Transformer<World>> steps) {
    return () -> steps;
  }

  /** What is known of one session. */
  private static final class Stored {
    private final Instant createdAt;
    private SessionCookieValue current;
    private Account data;
    private SessionExpiry expiry;
    // By an application that has moved the expiry, so that nothing renews it.
    private boolean fixed;
    private boolean ended;
    // Counts the writes, so that a request knows whether others have written since it read.
    private int version;

    private Stored(
        Instant createdAt, SessionCookieValue current, Account data, SessionExpiry expiry) {
      this.createdAt = createdAt;
      this.current = current;
      this.data = data;
      this.expiry = expiry;
    }

    private boolean isLive(Instant now) {
      return !ended && !expiry.isExpired(now);
    }

    private boolean isLiveAs(SessionCookieValue id, Instant now) {
      return isLive(now) && current.equals(id);
    }
  }

  /** An id that was issued; once it is dead, with the time of its death. */
  private static final class Id {
    private final Stored session;
    private @Nullable Instant movedAt;

    private Id(Stored session) {
      this.session = session;
    }
  }

  private enum Origin {
    ABSENT,
    OVERTAKEN,
    REPLAY,
    STORED
  }

  /** What is known of a request. */
  private static final class Request {
    private final OpenSession<Account> real;
    private Origin origin;
    private @Nullable Stored session;
    private @Nullable SessionCookieValue cookie;
    private int version;
    private SessionExpiry readExpiry = SessionExpiry.never();
    private boolean readFixed;
    private Account readData;

    private Account data;
    private final List<UnaryOperator<Account>> updates = new ArrayList<>();
    private boolean unrepeatable;
    private boolean changed;
    private boolean rotate;
    private boolean deleted;
    private @Nullable SessionExpiry requested;
    private @Nullable Instant begunAt;
    private SessionCookieCommand command = SessionCookieCommand.DoNothing.INSTANCE;

    private Request(OpenSession<Account> real, Origin origin, Account data) {
      this.real = real;
      this.origin = origin;
      this.readData = data;
      this.data = data;
    }

    private void read(Stored stored, SessionCookieValue id) {
      origin = Origin.STORED;
      session = stored;
      cookie = id;
      version = stored.version;
      readExpiry = stored.expiry;
      readFixed = stored.fixed;
      readData = stored.data;
      data = stored.data;
    }

    private boolean isChanged() {
      if (deleted) {
        return origin == Origin.STORED;
      }
      return origin == Origin.STORED
          ? changed || rotate || (requested != null && !(readFixed && requested.equals(readExpiry)))
          : changed;
    }
  }

  /** The library and the model, side by side. */
  private static final class World {
    private final StoreInMemory<Account> real = StoreInMemory.ofAccounts(POLICY);
    private final Map<SessionCookieValue, Id> ids = new LinkedHashMap<>();
    private final @Nullable Request[] requests = new Request[OPEN_REQUESTS];
    // What the model expects the current step to cost.
    private int creates;
    private int writes;
    private int reads;
    private int ends;

    private Instant now() {
      return real.clock.instant();
    }

    void advance(int seconds) {
      real.clock.advance(Duration.ofSeconds(seconds));
    }

    /** Opens a request with one of the ids issued last, or without any. */
    void open(int slot, int back) {
      if (back == 0 || ids.isEmpty()) {
        begin();
        requests[slot] = new Request(real.open(), Origin.ABSENT, Account.EMPTY);
        checkCost();
        return;
      }
      List<SessionCookieValue> issued = new ArrayList<>(ids.keySet());
      SessionCookieValue value = issued.get(Math.max(0, issued.size() - back));
      Id id = ids.get(value);
      boolean told = real.connector.lookUpSession(value.id()) instanceof SessionLookup.Moved;
      begin();
      reads++;
      OpenSession<Account> opened = real.open(value);
      Request request;
      if (id.session.isLiveAs(value, now())) {
        request = new Request(opened, Origin.STORED, id.session.data);
        request.read(id.session, value);
      } else if (id.movedAt == null || !told) {
        request = new Request(opened, Origin.ABSENT, Account.EMPTY);
        // A dead id may be forgotten, but not while the session lives that came right after it.
        boolean recent = id.movedAt != null && now().isBefore(id.movedAt.plus(OVERTAKEN));
        assertThat(recent && id.session.isLive(now())).as("a recent death is told").isFalse();
      } else {
        boolean recent = now().isBefore(id.movedAt.plus(OVERTAKEN));
        request = new Request(opened, recent ? Origin.OVERTAKEN : Origin.REPLAY, Account.EMPTY);
        request.session = id.session;
      }
      requests[slot] = request;
      assertThat(opened.isNew()).isEqualTo(request.origin != Origin.STORED);
      checkCost();
    }

    void update(int slot, int change) {
      UnaryOperator<Account> function = CHANGES.get(change);
      Request request = requests[slot];
      if (isChangeable(request, () -> request.real.update(function))) {
        accept(request, function.apply(request.data));
        request.updates.add(function);
        checkRequest(request);
      }
    }

    void set(int slot, int change) {
      Request request = requests[slot];
      UnaryOperator<Account> function = CHANGES.get(change);
      if (isChangeable(request, () -> request.real.set(function.apply(request.real.data())))) {
        accept(request, function.apply(request.data));
        request.unrepeatable = true;
        checkRequest(request);
      }
    }

    private static void accept(Request request, Account data) {
      // There and back again is no change.
      request.changed = !data.equals(request.readData);
      request.data = data;
    }

    void rotate(int slot) {
      Request request = requests[slot];
      if (isChangeable(request, () -> request.real.rotateId())) {
        request.rotate = true;
        checkRequest(request);
      }
    }

    void expire(int slot, int minutes) {
      Request request = requests[slot];
      SessionExpiry wish = SessionExpiry.at(now().plus(Duration.ofMinutes(minutes)));
      if (isChangeable(request, () -> request.real.expire(wish))) {
        Instant createdAt =
            request.origin == Origin.STORED ? request.session.createdAt : begunAt(request);
        request.requested = wish.earlier(SessionExpiry.at(createdAt.plus(LIFETIME)));
        assertThat(request.real.expiry()).isEqualTo(request.requested);
        checkRequest(request);
      }
    }

    void delete(int slot) {
      Request request = requests[slot];
      if (request != null) {
        begin();
        request.real.delete();
        request.deleted = true;
        assertThat(request.real.data()).isEqualTo(Account.EMPTY);
        assertThat(request.real.isNew()).isTrue();
        checkCost();
      }
    }

    /** Does {@code change} to a request if there is one; a deleted one must refuse it. */
    private boolean isChangeable(@Nullable Request request, Runnable change) {
      if (request == null) {
        return false;
      }
      begin();
      if (request.deleted) {
        assertThatIllegalStateException().isThrownBy(change::run);
      } else {
        change.run();
      }
      checkCost();
      return !request.deleted;
    }

    private void checkRequest(Request request) {
      assertThat(request.real.data()).isEqualTo(request.data);
      assertThat(request.real.isChanged()).isEqualTo(request.isChanged());
    }

    void abandon(int slot) {
      Request request = requests[slot];
      if (request != null) {
        begin();
        if (request.deleted) {
          end(request);
        }
        assertThat(request.real.abandon()).isEqualTo(request.command);
        if (request.deleted) {
          assertThat(request.real.data()).isEqualTo(Account.EMPTY);
        } else if (request.origin == Origin.STORED) {
          assertThat(request.real.data()).isEqualTo(request.readData);
        }
        checkCost();
        requests[slot] = null;
      }
    }

    void save(int slot) {
      Request request = requests[slot];
      if (request == null) {
        return;
      }
      begin();
      if (isRefused(request)) {
        assertThatExceptionOfType(SessionConflictException.class).isThrownBy(request.real::save);
        assertThat(request.real.data()).isEqualTo(request.data);
      } else {
        request.real.save();
        follow(request);
      }
      checkCost();
      if (request.deleted) {
        assertThat(request.real.complete()).isEqualTo(request.command);
        requests[slot] = null;
      }
    }

    void complete(int slot) {
      Request request = requests[slot];
      if (request == null) {
        return;
      }
      begin();
      if (isRefused(request)) {
        assertThatExceptionOfType(SessionConflictException.class)
            .isThrownBy(request.real::complete);
        assertThat(request.real.abandon()).isEqualTo(request.command);
      } else {
        boolean alone = request.origin != Origin.STORED || isUpToDate(request);
        boolean announced = request.real.wantsCookie();
        SessionCookieCommand command = request.real.complete();
        follow(request);
        renew(request);
        assertThat(command).isEqualTo(request.command);
        if (alone) {
          assertThat(announced)
              .as("a cookie was announced, and the command was " + command)
              .isEqualTo(!(command instanceof SessionCookieCommand.DoNothing));
        }
        if (!request.deleted) {
          assertThat(request.real.data()).isEqualTo(request.data);
          assertThatIllegalStateException().isThrownBy(() -> request.real.rotateId());
        }
      }
      checkCost();
      requests[slot] = null;
    }

    /** Whether what the request wants to store must be refused; counts what finding out costs. */
    private boolean isRefused(Request request) {
      if (request.deleted || !request.isChanged()) {
        return false;
      }
      if (request.origin == Origin.OVERTAKEN) {
        return true;
      }
      if (request.origin != Origin.STORED || isUpToDate(request)) {
        return false;
      }
      writes++;
      reads++;
      return request.unrepeatable || !request.session.isLiveAs(request.cookie, now());
    }

    private boolean isUpToDate(Request request) {
      return request.session.isLiveAs(request.cookie, now())
          && request.session.version == request.version;
    }

    /** What storing the changes does to the model, if they are not refused. */
    private void follow(Request request) {
      if (request.deleted) {
        end(request);
      } else if (request.isChanged()) {
        if (request.origin == Origin.STORED) {
          store(request);
        } else {
          create(request);
        }
        request.updates.clear();
        request.unrepeatable = false;
        request.changed = false;
        request.rotate = false;
      }
    }

    private void end(Request request) {
      if (request.session != null) {
        ends++;
        request.session.ended = true;
        if (request.origin != Origin.OVERTAKEN) {
          request.command = SessionCookieCommand.Delete.INSTANCE;
        }
      }
    }

    private void create(Request request) {
      creates++;
      Instant begunAt = begunAt(request);
      SessionExpiry expiry =
          request.requested != null
              ? request.requested
              : SessionExpiry.at(begunAt.plus(TIME_TO_LIVE));
      SessionCookieValue issued = lastIssued();
      Stored stored = new Stored(begunAt, issued, request.data, expiry);
      stored.fixed = request.requested != null;
      ids.put(issued, new Id(stored));
      request.read(stored, issued);
      request.command = new SessionCookieCommand.Set(issued, expiry);
    }

    private Instant begunAt(Request request) {
      if (request.begunAt == null) {
        request.begunAt = now();
      }
      return request.begunAt;
    }

    private void store(Request request) {
      Stored stored = request.session;
      if (!isUpToDate(request)) {
        Account rerun = stored.data;
        for (UnaryOperator<Account> update : request.updates) {
          rerun = update.apply(rerun);
        }
        request.data = rerun;
        request.changed = !rerun.equals(stored.data);
        request.readExpiry = stored.expiry;
        if (!request.isChanged()) {
          request.read(stored, request.cookie);
          return;
        }
      }
      writes++;
      boolean privilege =
          request.rotate || (request.changed && !request.data.user().equals(stored.data.user()));
      stored.expiry = nextExpiry(request, stored.expiry, stored.fixed);
      stored.fixed |= request.requested != null;
      stored.data = request.data;
      stored.version++;
      if (privilege) {
        ids.get(request.cookie).movedAt = now();
        stored.current = lastIssued();
        ids.put(stored.current, new Id(stored));
        request.command = new SessionCookieCommand.Set(stored.current, stored.expiry);
      }
      request.read(stored, stored.current);
    }

    private SessionCookieValue lastIssued() {
      List<SessionCookieValue> given = real.cookies.given();
      return given.get(given.size() - 1);
    }

    private void renew(Request request) {
      if (request.deleted || request.origin != Origin.STORED) {
        return;
      }
      SessionExpiry next = nextExpiry(request, request.readExpiry, request.readFixed);
      if (!next.equals(request.readExpiry)) {
        writes++;
        if (isUpToDate(request)) {
          request.session.expiry = next;
          request.session.version++;
        }
      }
    }

    private SessionExpiry nextExpiry(Request request, SessionExpiry expiry, boolean fixed) {
      if (request.requested != null) {
        return request.requested;
      }
      if (fixed) {
        return expiry;
      }
      boolean due = expiry.remaining(now()).orElseThrow().compareTo(RENEW_BELOW) < 0;
      SessionExpiry end = SessionExpiry.at(request.session.createdAt.plus(LIFETIME));
      return due ? SessionExpiry.at(now().plus(TIME_TO_LIVE)).earlier(end) : expiry;
    }

    private void begin() {
      real.connector.resetCounts();
      creates = 0;
      writes = 0;
      reads = 0;
      ends = 0;
    }

    private void checkCost() {
      assertThat(real.connector.count(Operation.CREATE)).as("creates").isEqualTo(creates);
      assertThat(real.connector.count(Operation.WRITE) + real.connector.count(Operation.UPDATE))
          .as("writes and remaps")
          .isEqualTo(writes);
      assertThat(real.connector.count(Operation.LOOK_UP)).as("reads").isEqualTo(reads);
      assertThat(real.connector.count(Operation.END)).as("ends").isEqualTo(ends);
    }

    /** Every id that was ever issued lives in the store if and only if it does in the model. */
    void checkIds() {
      ids.forEach(
          (value, id) -> {
            SessionLookup<Account> found = real.connector.lookUpSession(value.id());
            if (id.session.isLiveAs(value, now())) {
              assertThat(found.live())
                  .hasValueSatisfying(
                      session -> {
                        assertThat(session.data()).isEqualTo(id.session.data);
                        assertThat(session.expiry()).isEqualTo(id.session.expiry);
                        assertThat(session.createdAt()).isEqualTo(id.session.createdAt);
                      });
            } else {
              assertThat(found).isNotInstanceOf(SessionLookup.Live.class);
            }
          });
    }
  }
}
