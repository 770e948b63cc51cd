package org.typedsession.bench;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.IntSupplier;
import org.infinispan.AdvancedCache;

/** Clients of a bare cache: what any design over it needs at least. */
final class RawClient implements Client {
  private static final long LIFESPAN = TimeUnit.MINUTES.toMillis(31);

  private final List<AdvancedCache<String, String>> caches;
  private final IntSupplier caller;
  private final BiPredicate<String, Integer> createdHere;
  private final boolean compares;
  private final String[] keys;
  private final String[] values;
  private int turn;

  /**
   * @param fits whether a key may take part
   * @param createdHere whether a member is the primary owner of a key
   * @param compares whether an update reads first, and replaces only what it has read
   */
  RawClient(
      List<AdvancedCache<String, String>> caches,
      IntSupplier caller,
      BiPredicate<String, Integer> fits,
      BiPredicate<String, Integer> createdHere,
      boolean compares,
      int bytes,
      int sessions) {
    this.caches = caches;
    this.caller = caller;
    this.createdHere = createdHere;
    this.compares = compares;
    this.keys = new String[sessions];
    String text = Basket.text(bytes - 1);
    this.values = new String[] {text + 'x', text + 'y'};
    for (int i = 0; i < sessions; i++) {
      do {
        keys[i] = freshKey();
      } while (!fits.test(keys[i], i));
      put(caches.get(0), keys[i], values[0]);
    }
  }

  /** As long as the id of a session. */
  static String freshKey() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong())
        + hex.toHexDigits(random.nextLong())
        + hex.toHexDigits(random.nextLong())
        + hex.toHexDigits(random.nextLong())
        + "abc";
  }

  private static Object put(AdvancedCache<String, String> cache, String key, String value) {
    return cache.put(key, value, LIFESPAN, TimeUnit.MILLISECONDS);
  }

  private AdvancedCache<String, String> cache() {
    return caches.get(caller.getAsInt());
  }

  private String nextKey() {
    turn = (turn + 1) % keys.length;
    return keys[turn];
  }

  @Override
  public Object create() {
    int member = caller.getAsInt();
    return create(caches.get(member), member);
  }

  private String create(AdvancedCache<String, String> cache, int member) {
    String base = freshKey();
    String key = base;
    for (int nonce = 0; !createdHere.test(key, member); nonce++) {
      key = base.substring(4) + (char) ('a' + nonce % 26) + nonce;
    }
    // A text of its own for each entry, as everybody else has to make one.
    put(cache, key, new StringBuilder(values[0]).toString());
    return key;
  }

  @Override
  public Object read() {
    return required(cache().get(nextKey()));
  }

  @Override
  public Object update() {
    AdvancedCache<String, String> cache = cache();
    String key = nextKey();
    if (!compares) {
      put(cache, key, values[turn % 2]);
      return key;
    }
    String before = required(cache.get(key));
    String after = before.equals(values[0]) ? values[1] : values[0];
    if (!cache.replace(key, before, after, LIFESPAN, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("a replace without a rival was refused");
    }
    return after;
  }

  private static String required(String value) {
    if (value == null) {
      throw new IllegalStateException("an entry is gone");
    }
    return value;
  }

  /** One write of the same size: a bare cache has no ids to change. */
  @Override
  public Object remap() {
    String key = nextKey();
    put(cache(), key, values[turn % 2]);
    return key;
  }

  @Override
  public Object life() {
    int member = caller.getAsInt();
    AdvancedCache<String, String> cache = caches.get(member);
    String key = create(cache, member);
    required(cache.get(key));
    return required(cache.remove(key));
  }
}
