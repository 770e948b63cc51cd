package org.typedsession.it.apps;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ContextService;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.typedsession.Session;

/** Work in this and in other threads. */
@Path("/work")
@Produces("text/plain")
@RequestScoped
public class WorkResource {
  @Inject private Session<Visit> session;
  @Inject private Work work;
  @Resource private ManagedExecutorService threads;
  @Resource private ContextService contexts;

  @POST
  @Path("counted")
  public String counted() {
    return work.counted();
  }

  @POST
  @Path("asynchronous/{what}")
  public CompletionStage<String> asynchronous(@PathParam("what") String what) {
    return what.equals("unwrapped") ? work.withUnwrapped(session.unwrap()) : work.withInjected();
  }

  @POST
  @Path("contextual/{what}")
  public CompletionStage<String> contextual(@PathParam("what") String what) {
    Session<Visit> unwrapped = session.unwrap();
    Supplier<String> task =
        what.equals("unwrapped") ? () -> unwrapped.update(Visit::more).text() : work::attempt;
    return CompletableFuture.supplyAsync(contexts.contextualSupplier(task), threads);
  }
}
