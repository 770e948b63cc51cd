package org.typedsession.it.apps;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.typedsession.Session;
import org.typedsession.SessionStoreUnavailableException;

/**
 * A resource that uses its client's session, well and badly. Below {@code fail}, the first segment
 * says what becomes of the session: {@code 409}, it has lost a race; {@code 503}, its store does
 * not answer.
 */
@Path("/visit")
@Produces("text/plain")
@RequestScoped
public class VisitResource {
  @Inject private Session<Visit> session;
  @Inject private Rival rival;
  @Inject private VisitBean bean;
  @Resource private ManagedExecutorService threads;
  @Context private HttpServletRequest request;

  @GET
  public String read() {
    return session.data().text();
  }

  @POST
  public String more() {
    return session.update(Visit::more).text();
  }

  @POST
  @Path("login/{user}")
  public String login(@PathParam("user") String user) {
    return session.update(visit -> visit.by(user)).text();
  }

  @POST
  @Path("bean")
  public String bean() {
    return bean.more();
  }

  @POST
  @Path("stage")
  public CompletionStage<String> stage() {
    Session<Visit> unwrapped = session.unwrap();
    return CompletableFuture.supplyAsync(() -> unwrapped.update(Visit::more).text(), threads);
  }

  @POST
  @Path("suspended")
  public void suspended(@Suspended AsyncResponse response) {
    Session<Visit> unwrapped = session.unwrap();
    threads.execute(() -> response.resume(unwrapped.update(Visit::more).text()));
  }

  @POST
  @Path("exception")
  public String exception() {
    session.update(Visit::more);
    throw new IllegalStateException("of the application");
  }

  @POST
  @Path("fail/{status}/thrown")
  public String thrown(@PathParam("status") int status) {
    doom(status);
    session.save();
    return "saved";
  }

  @POST
  @Path("fail/{status}/wrapped")
  public String wrapped(@PathParam("status") int status) {
    doom(status);
    try {
      session.save();
    } catch (RuntimeException e) {
      throw new IllegalStateException("wrapped", e);
    }
    return "saved";
  }

  @POST
  @Path("fail/{status}/bean")
  public String failBean(@PathParam("status") int status) {
    doom(status);
    bean.save();
    return "saved";
  }

  @POST
  @Path("fail/{status}/end")
  public String end(@PathParam("status") int status) {
    doom(status);
    return "to be saved";
  }

  @POST
  @Path("fail/{status}/nothing")
  public void nothing(@PathParam("status") int status) {
    doom(status);
  }

  @POST
  @Path("fail/{status}/large")
  public String large(@PathParam("status") int status) {
    doom(status);
    return "x".repeat(100_000);
  }

  @POST
  @Path("fail/{status}/stage")
  public CompletionStage<String> failStage(@PathParam("status") int status) {
    doom(status);
    Session<Visit> unwrapped = session.unwrap();
    return CompletableFuture.supplyAsync(
        () -> {
          unwrapped.save();
          return "saved";
        },
        threads);
  }

  @POST
  @Path("fail/{status}/stage-wrapped")
  public CompletionStage<String> failStageWrapped(@PathParam("status") int status) {
    doom(status);
    Session<Visit> unwrapped = session.unwrap();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            unwrapped.save();
            return "saved";
          } catch (RuntimeException e) {
            throw new IllegalStateException("wrapped", e);
          }
        },
        threads);
  }

  @POST
  @Path("fail/{status}/stage-end")
  public CompletionStage<String> failStageEnd(@PathParam("status") int status) {
    doom(status);
    return CompletableFuture.supplyAsync(() -> "to be saved", threads);
  }

  @POST
  @Path("fail/{status}/stage-large")
  public CompletionStage<String> failStageLarge(@PathParam("status") int status) {
    doom(status);
    return CompletableFuture.supplyAsync(() -> "x".repeat(100_000), threads);
  }

  @POST
  @Path("fail/{status}/suspended")
  public void failSuspended(@PathParam("status") int status, @Suspended AsyncResponse response) {
    doom(status);
    Session<Visit> unwrapped = session.unwrap();
    threads.execute(
        () -> {
          try {
            unwrapped.save();
            response.resume("saved");
          } catch (RuntimeException e) {
            response.resume(e);
          }
        });
  }

  @POST
  @Path("fail/{status}/suspended-end")
  public void failSuspendedEnd(@PathParam("status") int status, @Suspended AsyncResponse response) {
    doom(status);
    threads.execute(() -> response.resume("to be saved"));
  }

  /** What is stored next will fail. */
  private void doom(int status) {
    if (status == 409) {
      session.set(session.data().more());
    } else {
      // Run again, it is the store that does not answer: what it throws is passed on.
      boolean[] again = new boolean[1];
      session.update(
          visit -> {
            if (again[0]) {
              throw new SessionStoreUnavailableException("staged", null);
            }
            again[0] = true;
            return visit.more();
          });
    }
    rival.getInFirst(request);
  }
}
