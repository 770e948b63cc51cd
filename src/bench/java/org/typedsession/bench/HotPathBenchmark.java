package org.typedsession.bench;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionId;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.servlet.CookieHeaders;
import org.typedsession.spi.SessionStoreConnector;

/** The steps of a request that uses its session, and the whole of them, on one node. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HotPathBenchmark {
  private static final String OTHERS =
      "_ga=GA1.1.1234567890.1234567890; consent=all; theme=dark; lang=en; __Host-session=";

  private Environment environment;
  private Client infinispan;
  private Client memory;
  private Client raw;
  private JsonSessionCodec<Basket> codec;
  private Basket basket;
  private byte[] json;
  private String header;
  private String cookie;
  private DefaultSessionStore<Basket> store;

  /** A cluster, for the step that only a cluster has. */
  @State(Scope.Benchmark)
  public static class Cluster {
    private Environment members;
    private SessionStoreConnector<byte[]> connector;
    private RandomSessionCookieGenerator generator;
    private SessionId predecessor;

    /** Begins a session. */
    @Setup(Level.Trial)
    public void begin() {
      members = new Environment(3);
      connector = members.connector(Contender.PLAIN);
      generator = new RandomSessionCookieGenerator(new SecureRandom());
      predecessor = TypedClient.begin(members.store(Contender.PLAIN), Basket.ofSize(200)).id();
    }

    /** Stops everything. */
    @TearDown(Level.Trial)
    public void end() {
      members.close();
    }
  }

  /** Begins a session in each store. */
  @Setup(Level.Trial)
  public void begin() {
    environment = new Environment(1);
    infinispan = environment.client(Contender.PLAIN, Caller.STICKY, 200, 1);
    memory = environment.client(Contender.MEMORY, Caller.STICKY, 200, 1);
    raw = environment.client(Contender.RAW_REPLACE, Caller.STICKY, 200, 1);
    codec = new JsonSessionCodec<>(Basket.class);
    basket = Basket.ofSize(200);
    json = codec.encode(basket);
    store = environment.store(Contender.MEMORY);
    cookie = TypedClient.begin(store, basket).reveal();
    header = OTHERS + cookie;
  }

  /** Stops everything. */
  @TearDown(Level.Trial)
  public void end() {
    environment.close();
  }

  /** The codec alone. */
  @Benchmark
  public Object decode() {
    return codec.decode(json);
  }

  /** The codec alone. */
  @Benchmark
  public Object encode() {
    return codec.encode(basket);
  }

  /** Finds the session's cookie among others. */
  @Benchmark
  public Object cookieHeader() {
    return CookieHeaders.values(header);
  }

  /** Checks the form of a cookie value and hashes it. */
  @Benchmark
  public Object cookieValueAndHash() {
    return SessionCookieValue.parse(cookie);
  }

  /** A request that does not ask for its session but whose sessions are opened and closed. */
  @Benchmark
  public Object noCookie() {
    return store.open(List.of()).complete();
  }

  /** The whole of a read. */
  @Benchmark
  public Object readInMemory() {
    return memory.read();
  }

  /** The whole of a read. */
  @Benchmark
  public Object readInInfinispan() {
    return infinispan.read();
  }

  /** The whole of a routine update. */
  @Benchmark
  public Object updateInMemory() {
    return memory.update();
  }

  /** The whole of a routine update. */
  @Benchmark
  public Object updateInInfinispan() {
    return infinispan.update();
  }

  /** A whole new id. */
  @Benchmark
  public Object remapInMemory() {
    return memory.remap();
  }

  /** A whole new id. */
  @Benchmark
  public Object remapInInfinispan() {
    return infinispan.remap();
  }

  /** A new id in the segment of its predecessor, on a cluster: what a remap there adds to that. */
  @Benchmark
  public Object placement(Cluster cluster) {
    return cluster.generator.next(cluster.connector.placement(cluster.predecessor));
  }

  /** What the update is compared with. */
  @Benchmark
  public Object rawReplace() {
    return raw.update();
  }

  /** What the read is compared with. */
  @Benchmark
  public Object rawGet() {
    return raw.read();
  }
}
