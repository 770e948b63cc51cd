package org.typedsession.bench;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.core.BytesCodec;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.TombstonePolicy;

/** What options cost: whole requests in memory, where nothing else takes time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OptionBenchmark {
  /** What is used. */
  public enum Option {
    NONE,
    /** The session is a user's, whose entry is looked up too. */
    PRINCIPAL,
    SEALED
  }

  /** What is used. */
  @Param public Option option;

  /** How many bytes the data has as JSON. */
  @Param({"200", "4000"})
  public int bytes;

  private DefaultSessionStore<Basket> store;
  private List<String> cookie;

  /** Begins a session. */
  @Setup(Level.Trial)
  public void begin() {
    SecureRandom random = new SecureRandom();
    JsonSessionCodec<Basket> codec = new JsonSessionCodec<>(Basket.class);
    InstantSource clock = InstantSource.system();
    store =
        DefaultSessionStore.sealing(
            new MemorySessionStoreConnector<>(
                new BytesCodec(codec.id()),
                clock,
                () -> SessionHandle.random(random),
                new TombstonePolicy(Duration.ofMinutes(15), Optional.of(Duration.ofHours(12)))),
            option == Option.SEALED,
            random,
            new DefaultSessionStore.Rules<>(
                codec,
                PrivilegeRule.of(Basket.class),
                Basket::new,
                SessionPolicy.DEFAULT,
                new RandomSessionCookieGenerator(random),
                clock,
                new SplittableRandom(),
                event -> {}));
    OpenSession<Basket> session = store.open(List.of());
    session.set(Basket.ofSize(bytes));
    if (option == Option.PRINCIPAL) {
      session.login("ada");
    }
    cookie = List.of(((SessionCookieCommand.Set) session.complete()).cookieValue().reveal());
  }

  /** The whole of a read. */
  @Benchmark
  public Object read() {
    OpenSession<Basket> session = store.open(cookie);
    Basket basket = session.data();
    session.complete();
    return basket;
  }

  /** The whole of a routine update. */
  @Benchmark
  public Object update() {
    OpenSession<Basket> session = store.open(cookie);
    session.update(Basket::next);
    return session.complete();
  }
}
