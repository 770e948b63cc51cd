package org.typedsession.infinispan;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.CacheException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.Handover;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Seed;

/**
 * What one would write without thinking of failures: look, write the new entry, remove the old one.
 * A test of faults that has nothing to say against this one says nothing.
 */
final class NaiveConnector<D> implements SessionStoreConnector<D> {
  private final AdvancedCache<String, String> cache;
  private final SessionCodec<D> codec;

  NaiveConnector(SessionCache cache, SessionCodec<D> codec) {
    this.cache = cache.cache();
    this.codec = codec;
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return SessionRecord.begin(SessionHandle.random(Seed.random()), Instant.EPOCH, expiry, data);
  }

  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    return available(
        () -> {
          byte[] bytes = codec.encode(session.data());
          cache.put(id.stored(), new String(bytes, StandardCharsets.ISO_8859_1));
          return written(session, bytes);
        });
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    return available(
        () -> {
          String text = cache.get(id.stored());
          return text == null
              ? new SessionLookup.Unknown<>()
              : new SessionLookup.Live<>(
                  newSession(
                      SessionExpiry.never(),
                      codec.decode(text.getBytes(StandardCharsets.ISO_8859_1))),
                  text);
        });
  }

  @Override
  public WriteSessionResult<D> remapSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover) {
    return available(
        () -> {
          if (!expected.version().equals(cache.get(previousId.stored()))) {
            return new WriteSessionResult.Conflict<>();
          }
          byte[] bytes = codec.encode(session.data());
          cache.put(currentId.stored(), new String(bytes, StandardCharsets.ISO_8859_1));
          cache.remove(previousId.stored());
          return written(session, bytes);
        });
  }

  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return createSession(id, session);
  }

  @Override
  public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
    return available(() -> cache.remove(lastKnownId.stored()) != null);
  }

  @Override
  public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
    return lookUpSession(lastKnownId);
  }

  @Override
  public PrincipalRecord.Stored lookUpPrincipal(String name) {
    throw new UnsupportedOperationException("no principals here");
  }

  @Override
  public boolean writePrincipal(
      String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    throw new UnsupportedOperationException("no principals here");
  }

  @Override
  public void clear() {
    cache.clear();
  }

  private static <D> WriteSessionResult<D> written(SessionRecord<D> session, byte[] bytes) {
    return new WriteSessionResult.Written<>(
        new SessionLookup.Live<>(session, new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  private static <T> T available(java.util.function.Supplier<T> work) {
    try {
      return work.get();
    } catch (CacheException e) {
      throw new SessionStoreUnavailableException("the cache failed", e);
    }
  }
}
