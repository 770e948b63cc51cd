package org.typedsession.infinispan;

import java.util.List;
import org.typedsession.SessionException;

/** A cache whose configuration would break a promise about sessions; it is refused at the start. */
public final class UnsafeCacheException extends SessionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param cache the name of the cache
   * @param faults what is wrong, why, and how to mend it
   */
  UnsafeCacheException(String cache, List<String> faults) {
    super(Messages.unsafeCache(cache, faults), null);
  }
}
