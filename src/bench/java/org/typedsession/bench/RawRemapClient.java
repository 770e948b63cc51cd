package org.typedsession.bench;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;

/**
 * Does to a bare cache what a remap by the primary owner writes, and nothing else: the entry of a
 * new key, and what the old one becomes, both in one segment. The keys are found before anything is
 * measured. Not safe for use by several threads.
 */
final class RawRemapClient implements Supplier<Object> {
  private static final long LIFESPAN = TimeUnit.MINUTES.toMillis(31);

  /**
   * What the entries hold.
   *
   * @param live that of an id that is in use
   * @param tombstone that of one that was replaced
   */
  record Texts(String live, String tombstone) {}

  private final AdvancedCache<String, String> cache;
  private final Predicate<String> fits;
  private final boolean atOnce;
  private final Texts texts;
  private final Integer[] segments;
  private final String[] keys;
  private final Map<Integer, Queue<String>> keysToCome = new LinkedHashMap<>();
  private int turn;

  /**
   * @param cache that of the member that is asked, clustered
   * @param fits whether that member may have a key
   * @param atOnce whether the second write is under way before the first is done
   * @param sessions how many take turns
   * @param remaps how many will be asked for, about: what is asked for beyond waits for the search
   */
  RawRemapClient(
      AdvancedCache<String, String> cache,
      Predicate<String> fits,
      boolean atOnce,
      Texts texts,
      int sessions,
      int remaps) {
    this.cache = cache;
    this.fits = fits;
    this.atOnce = atOnce;
    this.texts = texts;
    while (keysToCome.size() < sessions) {
      String key = RawClient.freshKey();
      if (fits.test(key)) {
        keysToCome.putIfAbsent(segment(key), new ArrayDeque<>());
      }
    }
    this.segments = keysToCome.keySet().toArray(Integer[]::new);
    this.keys = new String[sessions];
    while (keysToCome.values().stream().anyMatch(each -> each.size() <= remaps / sessions)) {
      for (int i = 0; i < remaps; i++) {
        find();
      }
    }
    for (int i = 0; i < sessions; i++) {
      keys[i] = next(i);
      require(cache.put(keys[i], texts.live, LIFESPAN, TimeUnit.MILLISECONDS) == null);
    }
  }

  private int segment(String key) {
    return cache
        .getDistributionManager()
        .getCacheTopology()
        .getSegment(cache.getKeyDataConversion().toStorage(key));
  }

  private void find() {
    String key = RawClient.freshKey();
    Queue<String> itsSegment = keysToCome.get(segment(key));
    if (itsSegment != null && fits.test(key)) {
      itsSegment.add(key);
    }
  }

  private String next(int session) {
    Queue<String> itsSegment = keysToCome.get(segments[session]);
    while (itsSegment.isEmpty()) {
      find();
    }
    return itsSegment.remove();
  }

  /** Gives the session whose turn it is another key, which is returned. */
  @Override
  public Object get() {
    turn = (turn + 1) % keys.length;
    String before = keys[turn];
    String after = next(turn);
    if (atOnce) {
      CompletableFuture<String> created =
          cache.putIfAbsentAsync(after, texts.live, LIFESPAN, TimeUnit.MILLISECONDS);
      CompletableFuture<Boolean> replaced =
          cache.replaceAsync(before, texts.live, texts.tombstone, LIFESPAN, TimeUnit.MILLISECONDS);
      require(created.join() == null);
      require(replaced.join());
    } else {
      require(cache.putIfAbsent(after, texts.live, LIFESPAN, TimeUnit.MILLISECONDS) == null);
      require(cache.replace(before, texts.live, texts.tombstone, LIFESPAN, TimeUnit.MILLISECONDS));
    }
    keys[turn] = after;
    return after;
  }

  private static void require(boolean written) {
    if (!written) {
      throw new IllegalStateException("a write without a rival was refused");
    }
  }
}
