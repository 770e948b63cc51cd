package org.typedsession.infinispan.container;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.Handover;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.StoreSize;
import org.typedsession.spi.WriteSessionResult;

/**
 * Refuses until the cache is open, and is what was made of it from then on.
 *
 * @param <D> the session data
 */
final class AwaitedConnector<D> implements SessionStoreConnector<D> {
  private final AwaitedCache cache;
  // Null until the cache is open; set once.
  private volatile @Nullable SessionStoreConnector<D> opened;

  AwaitedConnector(AwaitedCache cache) {
    this.cache = cache;
  }

  void open(SessionStoreConnector<D> connector) {
    opened = connector;
  }

  private SessionStoreConnector<D> opened() {
    SessionStoreConnector<D> connector = opened;
    if (connector == null) {
      throw new SessionStoreUnavailableException(cache.refusal(), null);
    }
    return connector;
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return opened().newSession(expiry, data);
  }

  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    return opened().createSession(id, session);
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    return opened().lookUpSession(id);
  }

  @Override
  public WriteSessionResult<D> remapSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover) {
    return opened().remapSession(currentId, previousId, expected, session, handover);
  }

  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return opened().writeSession(id, expected, session);
  }

  @Override
  public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
    return opened().endSession(handle, lastKnownId);
  }

  @Override
  public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
    return opened().findSession(handle, lastKnownId);
  }

  @Override
  public PrincipalRecord.Stored lookUpPrincipal(String name) {
    return opened().lookUpPrincipal(name);
  }

  @Override
  public boolean writePrincipal(
      String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    return opened().writePrincipal(name, expected, principal);
  }

  // False until then: a cache is waited for only where no session may fork.
  @Override
  public boolean mayFork() {
    SessionStoreConnector<D> connector = opened;
    return connector != null && connector.mayFork();
  }

  @Override
  public void clear() {
    opened().clear();
  }

  @Override
  public Placement placement(@Nullable SessionId predecessor) {
    return opened().placement(predecessor);
  }

  @Override
  public Readiness readiness() {
    SessionStoreConnector<D> connector = opened;
    return connector == null ? new Readiness.NotReady(cache.refusal()) : connector.readiness();
  }

  @Override
  public boolean isFull() {
    return opened().isFull();
  }

  @Override
  public boolean mayRotate(SessionLookup.Live<D> expected) {
    return opened().mayRotate(expected);
  }

  @Override
  public long repairs() {
    SessionStoreConnector<D> connector = opened;
    return connector == null ? 0 : connector.repairs();
  }

  @Override
  public Optional<StoreSize> size() {
    return opened().size();
  }
}
