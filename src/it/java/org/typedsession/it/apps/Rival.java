package org.typedsession.it.apps;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import org.typedsession.Session;
import org.typedsession.SessionStore;

/** Another request of the same client, which gets in first. */
@Dependent
public class Rival {
  @Inject private SessionStore<Visit> store;

  /** Changes the session of {@code request} in the store. */
  public void getInFirst(HttpServletRequest request) {
    Session<Visit> same =
        Arrays.stream(request.getCookies())
            .map(cookie -> store.load(cookie.getValue()))
            .filter(found -> !found.isNew())
            .findFirst()
            .orElseThrow();
    same.update(Visit::more);
    store.store(same);
  }
}
