package org.typedsession.it.apps;

import jakarta.enterprise.concurrent.Asynchronous;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.typedsession.Session;

/** Work that is counted, or done by other threads. */
@ApplicationScoped
public class Work {
  @Inject private Session<Visit> session;

  @Counted
  public String counted() {
    return session.data().text();
  }

  @Asynchronous
  public CompletionStage<String> withUnwrapped(Session<Visit> unwrapped) {
    return CompletableFuture.completedFuture(unwrapped.update(Visit::more).text());
  }

  @Asynchronous
  public CompletionStage<String> withInjected() {
    return CompletableFuture.completedFuture(attempt());
  }

  /** What the injected session says on a thread that serves no request. */
  String attempt() {
    try {
      return session.data().text();
    } catch (ContextNotActiveException e) {
      return e.getMessage();
    }
  }
}
