package org.typedsession.infinispan.cluster;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.infinispan.notifications.Listener;
import org.infinispan.notifications.cachemanagerlistener.annotation.Merged;
import org.infinispan.notifications.cachemanagerlistener.event.MergeEvent;
import org.infinispan.remoting.transport.Address;

/**
 * Hears that parts of the cluster have met again. Public only because Infinispan calls no other
 * listeners; not meant for applications.
 */
@Listener
public final class MergeListener {
  private final Consumer<Set<Address>> strangers;

  /**
   * @param strangers told which nodes are new to this one; must return at once
   */
  MergeListener(Consumer<Set<Address>> strangers) {
    this.strangers = strangers;
  }

  /** Called by Infinispan. */
  @Merged
  public void merged(MergeEvent event) {
    Set<Address> met = new HashSet<>(event.getNewMembers());
    met.removeAll(event.getOldMembers());
    if (!met.isEmpty()) {
      strangers.accept(met);
    }
  }
}
