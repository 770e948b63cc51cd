package org.typedsession.cdi;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.typedsession.Session;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionWatch;

/**
 * What stands behind the injected proxy.
 *
 * <p>Another object than the session itself, for the sake of {@link #unwrap}: where a method of a
 * bean returns the bean, Weld's client proxy returns itself in its place.
 */
final class InjectedSession<D> implements Session<D> {
  private final Session<D> session;

  InjectedSession(Session<D> session) {
    this.session = session;
  }

  @Override
  public D data() {
    return session.data();
  }

  @Override
  public D update(UnaryOperator<D> change) {
    return session.update(change);
  }

  @Override
  public void set(D data) {
    session.set(data);
  }

  @Override
  public void mutate(Consumer<D> change) {
    session.mutate(change);
  }

  @Override
  public void save() {
    session.save();
  }

  @Override
  public void discard() {
    session.discard();
  }

  @Override
  public void rotateId() {
    session.rotateId();
  }

  @Override
  public void login(String principal) {
    session.login(principal);
  }

  @Override
  public Optional<String> principal() {
    return session.principal();
  }

  @Override
  public Optional<Instant> authenticatedAt() {
    return session.authenticatedAt();
  }

  @Override
  public boolean isAuthenticatedWithin(Duration atMost) {
    return session.isAuthenticatedWithin(atMost);
  }

  @Override
  public Optional<String> label() {
    return session.label();
  }

  @Override
  public void setLabel(String label) {
    session.setLabel(label);
  }

  @Override
  public void delete() {
    session.delete();
  }

  @Override
  public SessionExpiry expiry() {
    return session.expiry();
  }

  @Override
  public void expire(SessionExpiry expiry) {
    session.expire(expiry);
  }

  @Override
  public Optional<Duration> timeToLive() {
    return session.timeToLive();
  }

  @Override
  public void setTimeToLive(Duration timeToLive) {
    session.setTimeToLive(timeToLive);
  }

  @Override
  public Optional<D> stored() {
    return session.stored();
  }

  @Override
  public SessionWatch whenEnded(Runnable action) {
    return session.whenEnded(action);
  }

  @Override
  public <T> SessionWatch whenEnded(T owner, Consumer<? super T> action) {
    return session.whenEnded(owner, action);
  }

  @Override
  public boolean isNew() {
    return session.isNew();
  }

  @Override
  public boolean isChanged() {
    return session.isChanged();
  }

  @Override
  public SessionHandle handle() {
    return session.handle();
  }

  @Override
  public Optional<String> shortId() {
    return session.shortId();
  }

  @Override
  public Session<D> unwrap() {
    return session.unwrap();
  }

  @Override
  public String toString() {
    return session.toString();
  }
}
