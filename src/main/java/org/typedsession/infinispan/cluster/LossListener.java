package org.typedsession.infinispan.cluster;

import org.infinispan.notifications.Listener;
import org.infinispan.notifications.cachemanagerlistener.annotation.Merged;
import org.infinispan.notifications.cachemanagerlistener.annotation.ViewChanged;
import org.infinispan.notifications.cachemanagerlistener.event.ViewChangedEvent;

/**
 * Hears that the cluster has lost a member, or has one again that it had lost. Public only because
 * Infinispan calls no other listeners; not meant for applications.
 */
@Listener
public final class LossListener {
  private final Runnable lost;

  /**
   * @param lost must return at once
   */
  LossListener(Runnable lost) {
    this.lost = lost;
  }

  /** Called by Infinispan. */
  @ViewChanged
  @Merged
  public void changed(ViewChangedEvent event) {
    if (event.isMergeView() || !event.getNewMembers().containsAll(event.getOldMembers())) {
      lost.run();
    }
  }
}
