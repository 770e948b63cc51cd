package org.typedsession.infinispan.entry;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.time.TimeService;
import org.infinispan.commons.util.CloseableIterator;
import org.infinispan.container.entries.CacheEntry;
import org.infinispan.context.Flag;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.factories.ComponentRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The atomic steps on a cache without transactions. Each is a conditional write, but for a remap,
 * which is two of them in a transaction of the library.
 */
final class PlainEntries implements Entries {
  private static final System.Logger LOGGER = System.getLogger(PlainEntries.class.getName());
  // Of no session: it is written where nothing is, is gone a millisecond later, and is nothing
  // meanwhile.
  private static final String QUESTION =
      EntryFormat.encode(new StoredEntry.Ended(StoredEntry.NO_HANDLE, 0, Instant.EPOCH, 0));
  private static final long MOMENT_MILLIS = 1;

  private final AdvancedCache<String, String> cache;
  private final OwnTransactions transactions;
  // By which the cache stamps its entries.
  private final TimeService time;

  PlainEntries(AdvancedCache<String, String> cache, OwnTransactions transactions) {
    this.cache = cache;
    this.transactions = transactions;
    this.time = ComponentRegistry.componentOf(cache, TimeService.class);
  }

  @Override
  public @Nullable String get(String key) {
    return unlessQuestion(cache.get(key));
  }

  @Override
  public @Nullable Value getWithLifespan(String key) {
    CacheEntry<String, String> entry = cache.getCacheEntry(key);
    String text = entry == null ? null : unlessQuestion(entry.getValue());
    if (entry == null || text == null) {
      return null;
    }
    long lifespan = entry.getLifespan();
    long age = time.wallClockTime() - entry.getCreated();
    return new Value(text, lifespan < 0 ? lifespan : Math.max(1, lifespan - age));
  }

  @Override
  public @Nullable String getFromPrimary(String key) {
    if (isPrimaryOwner(key)) {
      return get(key);
    }
    // The only request that goes to the primary owner alone and brings an answer. Where something
    // is, it writes nothing.
    return unlessQuestion(putIfAbsent(key, QUESTION, MOMENT_MILLIS));
  }

  private static @Nullable String unlessQuestion(@Nullable String text) {
    return QUESTION.equals(text) ? null : text;
  }

  private @Nullable String putIfAbsent(String key, String text, long lifespan) {
    return cache.putIfAbsent(key, text, lifespan, TimeUnit.MILLISECONDS);
  }

  private boolean isPrimaryOwner(String key) {
    DistributionManager distribution = cache.getDistributionManager();
    return distribution == null
        || distribution
            .getCacheTopology()
            .getDistribution(cache.getKeyDataConversion().toStorage(key))
            .isPrimary();
  }

  @Override
  public @Nullable String createOrGet(String key, Value value) {
    while (true) {
      String there = putIfAbsent(key, value.text(), value.lifespan());
      String present = unlessQuestion(there);
      if (there == null || present != null || swap(key, QUESTION, value)) {
        return present;
      }
    }
  }

  @Override
  public boolean create(String key, Value value) {
    String present = createOrGet(key, value);
    if (present == null) {
      return true;
    }
    if (!present.equals(value.text())) {
      return false;
    }
    // Infinispan repeats a command when the topology changes under it, and so does whoever is in
    // doubt. Then it meets its own work, which may be on one copy only; where somebody has
    // overwritten it by now, that brought all copies together.
    swap(key, value.text(), value);
    return true;
  }

  @Override
  public boolean replace(String key, String expected, Value value) {
    return swap(key, expected, value)
        // Of a command made again the refusal may be of our own work. The primary owner is asked,
        // and not the copy of this node, which may be behind it.
        || (!expected.equals(value.text()) && swap(key, value.text(), value));
  }

  private boolean swap(String key, String expected, Value value) {
    return cache.replace(key, expected, value.text(), value.lifespan(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Remap remap(Remapping remapping, BooleanSupplier isRefusal) {
    return RemapTransaction.run(transactions, this, remapping, isRefusal);
  }

  @Override
  public void withdraw(Remapping remapping) {
    try {
      cache.remove(remapping.newKey(), remapping.live().text());
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "an intent could not be withdrawn", e);
    }
  }

  @Override
  public void put(String key, Value value) {
    cache
        .withFlags(Flag.IGNORE_RETURN_VALUES)
        .put(key, value.text(), value.lifespan(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void forEach(BiConsumer<String, String> visitor) {
    visit(cache, visitor);
  }

  @Override
  public void forEachOwned(BiConsumer<String, String> visitor) {
    AdvancedCache<String, String> held =
        cache.getDistributionManager() == null ? cache : cache.withFlags(Flag.CACHE_MODE_LOCAL);
    visit(
        held,
        (key, text) -> {
          if (isPrimaryOwner(key)) {
            visitor.accept(key, text);
          }
        });
  }

  private static void visit(
      AdvancedCache<String, String> some, BiConsumer<String, String> visitor) {
    // An administrator may have put other things into the same cache.
    try (CloseableIterator<? extends Map.Entry<?, ?>> all = some.entrySet().iterator()) {
      while (all.hasNext()) {
        Map.Entry<?, ?> entry = all.next();
        if (entry.getKey() instanceof String key
            && entry.getValue() instanceof String text
            && !text.equals(QUESTION)) {
          visitor.accept(key, text);
        }
      }
    }
  }
}
