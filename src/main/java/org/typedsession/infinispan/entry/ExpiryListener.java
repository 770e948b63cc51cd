package org.typedsession.infinispan.entry;

import java.util.function.BiConsumer;
import org.infinispan.notifications.Listener;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryExpired;
import org.infinispan.notifications.cachelistener.event.CacheEntryExpiredEvent;

/**
 * Hears that the cache has freed an entry whose time is over, on the node that is its primary
 * owner. Public only because Infinispan calls no other listeners; not meant for applications.
 */
@Listener(primaryOnly = true, observation = Listener.Observation.POST)
public final class ExpiryListener {
  private final BiConsumer<String, String> told;

  /**
   * One that hears of all entries.
   *
   * @param told of the key and the value; must return at once
   */
  public ExpiryListener(BiConsumer<String, String> told) {
    this.told = told;
  }

  /** Called by Infinispan. */
  @CacheEntryExpired
  public void expired(CacheEntryExpiredEvent<?, ?> event) {
    // An administrator may have put other things into the same cache.
    if (event.getKey() instanceof String key && event.getValue() instanceof String text) {
      told.accept(key, text);
    }
  }
}
