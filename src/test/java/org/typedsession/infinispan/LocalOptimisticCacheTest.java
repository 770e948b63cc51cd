package org.typedsession.infinispan;

import org.junit.jupiter.api.BeforeAll;

final class LocalOptimisticCacheTest extends InfinispanConnectorContract {
  @BeforeAll
  static void start() {
    start(Members.local(Members.Mode.OPTIMISTIC));
  }
}
