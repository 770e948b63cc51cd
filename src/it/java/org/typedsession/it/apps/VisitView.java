package org.typedsession.it.apps;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.http.HttpServletRequest;
import org.typedsession.Session;

/** What pages of Jakarta Faces show. */
@Named
@RequestScoped
public class VisitView {
  @Inject private Session<Visit> session;
  @Inject private Rival rival;
  @Inject private HttpServletRequest request;

  public String getMore() {
    return session.update(Visit::more).text();
  }

  /** Loses a race. */
  public String getLost() {
    session.set(session.data().more());
    rival.getInFirst(request);
    session.save();
    return "saved";
  }
}
