package org.typedsession.it.apps;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.typedsession.Session;

/** An enterprise bean that uses the session of its caller's request. */
@Stateless
public class VisitBean {
  @Inject private Session<Visit> session;

  /** Counts. */
  public String more() {
    return session.update(Visit::more).text();
  }

  /** Stores, as far as that succeeds. */
  public void save() {
    session.save();
  }
}
