package org.typedsession.cdi;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.function.Supplier;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.Seed;

/** A store of an application's own, over a connector that does what a test wants. */
record OwnStore<D>(RecordingConnector<D> connector, DefaultSessionStore<D> store) {
  static <D> OwnStore<D> of(Class<D> type, Supplier<D> defaultData) {
    Random random = Seed.random();
    JsonSessionCodec<D> codec = new JsonSessionCodec<>(type);
    InstantSource clock = InstantSource.system();
    RecordingConnector<D> connector =
        new RecordingConnector<>(
            new MemorySessionStoreConnector<>(
                codec, clock, () -> SessionHandle.random(random), Duration.ofMinutes(1)));
    return new OwnStore<>(
        connector,
        new DefaultSessionStore<>(
            new DefaultSessionStore.Parts<>(
                connector,
                codec,
                PrivilegeRule.of(type),
                defaultData,
                SessionPolicy.DEFAULT,
                new RandomSessionCookieGenerator(random),
                clock,
                random,
                event -> {})));
  }
}
