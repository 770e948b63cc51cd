package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.container.AwaitedCache;
import org.typedsession.infinispan.container.SessionCacheLocator;

/** A server that starts its container before it defines the caches of its model. */
final class ServerDefinitionTest {
  private static final String CONTAINER = "java:jboss/infinispan/container/typedsession";
  private static final String CONFIGURATION =
      "java:jboss/infinispan/configuration/typedsession/typed-sessions";
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int SEGMENTS_OF_SERVER = 128;

  private final EmbeddedCacheManager container =
      new DefaultCacheManager(
          new GlobalConfigurationBuilder()
              .nonClusteredDefault()
              .cacheManagerName("definition")
              .build());
  private final ServerNames names = new ServerNames().with(CONTAINER, container);

  @AfterEach
  void stopServer() {
    names.close();
    container.stop();
  }

  private static AwaitedCache open() {
    return SessionCacheLocator.find(CONTAINER, "typed-sessions", AcceptedRisks.NONE, 1)
        .orElseThrow();
  }

  private static Configuration ofServer() {
    ConfigurationBuilder builder = new ConfigurationBuilder();
    builder.clustering().hash().numSegments(SEGMENTS_OF_SERVER);
    builder.encoding().mediaType(MediaType.APPLICATION_OBJECT_TYPE);
    return builder.build();
  }

  private int segments() {
    return container.getCacheConfiguration("typed-sessions").clustering().hash().numSegments();
  }

  @Test
  void cache_modelDefinesItLater_isTheServers() throws Exception {
    names.withNotStarted(CONFIGURATION);
    CompletableFuture<AwaitedCache> opening = CompletableFuture.supplyAsync(() -> open());
    await().atMost(DEADLINE).until(() -> names.isLookedUp(CONFIGURATION));

    container.defineConfiguration("typed-sessions", ofServer());

    try (AwaitedCache cache = opening.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      assertThat(segments()).isEqualTo(SEGMENTS_OF_SERVER);
      assertThat(cache.name()).isEqualTo("typed-sessions");
    }
  }

  @Test
  void cache_modelHasNone_isTheLibrarys() {
    try (AwaitedCache cache = open()) {
      assertThat(names.isLookedUp(CONFIGURATION)).isTrue();
      assertThat(segments()).isNotEqualTo(SEGMENTS_OF_SERVER);
      assertThat(cache.name()).isEqualTo("typed-sessions");
    }
  }
}
