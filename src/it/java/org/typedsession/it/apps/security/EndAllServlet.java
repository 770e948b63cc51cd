package org.typedsession.it.apps.security;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.typedsession.SessionStore;

/** Ends all sessions of a caller. */
@WebServlet("/end-all")
public final class EndAllServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient SessionStore<Account> store;

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response) {
    store.endAll(request.getParameter("name"));
  }
}
