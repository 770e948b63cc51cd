package org.typedsession.infinispan;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.util.CloseableIterator;
import org.infinispan.context.Flag;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.jspecify.annotations.Nullable;

/** The atomic steps on a cache without transactions. */
final class PlainEntries implements Entries {
  private final AdvancedCache<String, String> cache;

  PlainEntries(AdvancedCache<String, String> cache) {
    this.cache = cache;
  }

  @Override
  public byte @Nullable [] get(String key) {
    String text = cache.get(key);
    return text == null ? null : ByteText.bytes(text);
  }

  @Override
  public byte @Nullable [] createOrGet(String key, Value value) {
    String present =
        cache.putIfAbsent(key, ByteText.of(value.bytes()), value.lifespan(), TimeUnit.MILLISECONDS);
    return present == null ? null : ByteText.bytes(present);
  }

  @Override
  public boolean create(String key, Value value) {
    byte[] present = createOrGet(key, value);
    if (present == null) {
      return true;
    }
    if (!Arrays.equals(present, value.bytes())) {
      return false;
    }
    // Infinispan repeats a command when the topology changes under it, and so does whoever is in
    // doubt. Then it meets its own work, which may be on one copy only; where somebody has
    // overwritten it by now, that brought all copies together.
    swap(key, value.bytes(), value);
    return true;
  }

  @Override
  public boolean replace(String key, byte[] expected, Value value) {
    return swap(key, expected, value)
        // Of a command made again the refusal may be of our own work. The primary owner is asked,
        // and not the copy of this node, which may be behind it.
        || (!Arrays.equals(expected, value.bytes()) && swap(key, value.bytes(), value));
  }

  private boolean swap(String key, byte[] expected, Value value) {
    return cache.replace(
        key,
        ByteText.of(expected),
        ByteText.of(value.bytes()),
        value.lifespan(),
        TimeUnit.MILLISECONDS);
  }

  @Override
  public Remap remap(String newKey, Value live, String oldKey, byte[] expected, Value tombstone) {
    if (!create(newKey, live)) {
      return Remap.TAKEN;
    }
    // The one atomic step: whoever replaces the old entry owns the session; the new entry names its
    // predecessor and is no session before that predecessor names it.
    if (replace(oldKey, expected, tombstone)) {
      return Remap.WRITTEN;
    }
    // If this fails the entry stays behind, unconfirmed, until its lifespan is over.
    cache.remove(newKey, ByteText.of(live.bytes()));
    return Remap.CHANGED;
  }

  @Override
  public void put(String key, Value value) {
    cache
        .withFlags(Flag.IGNORE_RETURN_VALUES)
        .put(key, ByteText.of(value.bytes()), value.lifespan(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> visitor) {
    visit(cache, visitor);
  }

  @Override
  public void forEachOwned(BiConsumer<String, byte[]> visitor) {
    DistributionManager distribution = cache.getDistributionManager();
    if (distribution == null) {
      visit(cache, visitor);
      return;
    }
    LocalizedCacheTopology topology = distribution.getCacheTopology();
    visit(
        cache.withFlags(Flag.CACHE_MODE_LOCAL),
        (key, bytes) -> {
          Object stored = cache.getKeyDataConversion().toStorage(key);
          if (topology.getDistribution(stored).isPrimary()) {
            visitor.accept(key, bytes);
          }
        });
  }

  private static void visit(
      AdvancedCache<String, String> some, BiConsumer<String, byte[]> visitor) {
    // An administrator may have put other things into the same cache.
    try (CloseableIterator<? extends Map.Entry<?, ?>> all = some.entrySet().iterator()) {
      while (all.hasNext()) {
        Map.Entry<?, ?> entry = all.next();
        if (entry.getKey() instanceof String key && entry.getValue() instanceof String text) {
          visitor.accept(key, ByteText.bytes(text));
        }
      }
    }
  }
}
