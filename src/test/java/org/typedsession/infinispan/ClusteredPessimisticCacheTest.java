package org.typedsession.infinispan;

import org.junit.jupiter.api.BeforeAll;

final class ClusteredPessimisticCacheTest extends InfinispanConnectorContract {
  @BeforeAll
  static void start() {
    start(Members.clustered(Members.Mode.PESSIMISTIC));
  }
}
