package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.PassivationCapable;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionStore;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.spi.Readiness;
import org.typedsession.testkit.Barrier;
import org.typedsession.testkit.Race;

/** What a server with MicroProfile Health is told of an application's stores. */
final class ReadinessCheckTest {
  private final HealthResponses responses = new HealthResponses();

  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record User(String name) {
    User() {
      this("");
    }
  }

  @Dependent
  static class OfUser {
    @Inject SessionStore<User> store;
  }

  @Dependent
  static class Shop {
    @Inject Session<Cart> session;
    @Inject SessionStore<Cart> store;
  }

  /** Finds the checks as servers do. */
  @Dependent
  static class Server {
    @Inject @org.eclipse.microprofile.health.Readiness Instance<HealthCheck> checks;
  }

  /** What becomes of the application's own store. */
  @ApplicationScoped
  static class Plan {
    private final OwnStore<Cart> own = OwnStore.of(Cart.class, Cart::new);
    private final Barrier start = new Barrier();

    OwnStore<Cart> own() {
      return own;
    }

    Barrier start() {
      return start;
    }
  }

  @Dependent
  static class OwnCarts {
    @Produces
    @Singleton
    DefaultSessionStore<Cart> store(Plan plan) {
      return plan.own().store();
    }
  }

  @Dependent
  static class SlowCarts {
    @Produces
    @Singleton
    DefaultSessionStore<Cart> store(Plan plan) {
      plan.start().pass();
      return plan.own().store();
    }
  }

  @AfterEach
  void forgetTheServer() {
    responses.close();
  }

  private static List<HealthCheckResponse> ask(Application application) {
    return application.get(Server.class).checks.stream().map(HealthCheck::call).toList();
  }

  private static HealthCheckResponse askOne(Application application) {
    List<HealthCheckResponse> answers = ask(application);
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  @Test
  void call_storesThatServe_isUpAndNamesThem() {
    try (Application application = Application.deploy(Server.class, Shop.class, OfUser.class)) {
      application.browse("/shop");

      HealthCheckResponse answer = askOne(application);

      assertThat(answer.getName()).isEqualTo("typed-session");
      assertThat(answer.getStatus()).isEqualTo(Status.UP);
      assertThat(answer.getData().orElseThrow())
          .isEqualTo(
              Map.of(
                  "application",
                  "/shop",
                  Cart.class.getName(),
                  "ready",
                  User.class.getName(),
                  "ready"));
    }
  }

  @Test
  void call_storeWithARemark_isUpAndShowsIt() {
    try (Application application =
        Application.deploy(Server.class, Shop.class, OwnCarts.class, Plan.class)) {
      application.browse("/shop");
      application
          .get(Plan.class)
          .own()
          .connector()
          .setReadiness(() -> new Readiness.Ready(Optional.of("its clock is wrong")));

      HealthCheckResponse answer = askOne(application);

      assertThat(answer.getStatus()).isEqualTo(Status.UP);
      assertThat(answer.getData().orElseThrow())
          .containsEntry(Cart.class.getName(), "ready, but: its clock is wrong");
    }
  }

  @Test
  void call_oneStoreThatRefuses_isDownWithTheReasonUntilItServes() {
    try (Application application =
        Application.deploy(Server.class, Shop.class, OfUser.class, OwnCarts.class, Plan.class)) {
      application.browse("/shop");
      assertThat(askOne(application).getStatus()).isEqualTo(Status.UP);

      application
          .get(Plan.class)
          .own()
          .connector()
          .setReadiness(() -> new Readiness.NotReady("DEGRADED_MODE"));

      HealthCheckResponse answer = askOne(application);
      assertThat(answer.getStatus()).isEqualTo(Status.DOWN);
      assertThat(answer.getData().orElseThrow())
          .containsEntry(Cart.class.getName(), "DEGRADED_MODE")
          .containsEntry(User.class.getName(), "ready");

      application.get(Plan.class).own().connector().setReadiness(Readiness.Ready::new);

      assertThat(askOne(application).getStatus()).isEqualTo(Status.UP);
    }
  }

  @Test
  void call_backEndThatStillStarts_isDownAndWaitsForNobody() {
    try (Application application =
        Application.deploy(Server.class, Shop.class, SlowCarts.class, Plan.class)) {
      Barrier start = application.get(Plan.class).start();
      Server server = application.get(Server.class);

      List<Race.Outcome<Status>> outcomes =
          Race.run(
              0,
              List.of(
                  () -> {
                    application.browse("/shop");
                    return server.checks.get().call().getStatus();
                  },
                  () -> {
                    start.awaitArrival();
                    HealthCheckResponse answer = server.checks.get().call();
                    start.open();
                    assertThat(answer.getData().orElseThrow())
                        .containsEntry(Cart.class.getName(), "the store is being started");
                    return answer.getStatus();
                  }));

      assertThat(outcomes).extracting(Race.Outcome::value).containsExactly(Status.UP, Status.DOWN);
    }
  }

  // Weld would warn of it at each deployment.
  @Test
  void check_withAProxy_hasAnId() {
    try (Application application = Application.deploy(Server.class, Shop.class)) {
      assertThat(application.get(Server.class).checks.getHandle().getBean())
          .isInstanceOf(PassivationCapable.class);
    }
  }

  // It starts when it is first used, which a server that waits for readiness would prevent.
  @Test
  void call_outsideOfTheWebAndNotUsedYet_isUp() {
    try (Application application = Application.deploy(Server.class, OfUser.class)) {
      HealthCheckResponse answer = askOne(application);

      assertThat(answer.getStatus()).isEqualTo(Status.UP);
      assertThat(answer.getData().orElseThrow()).isEmpty();
    }
  }

  @Test
  void check_applicationWithoutSessions_isNotThere() {
    try (Application application = Application.deploy(Server.class)) {
      assertThat(ask(application)).isEmpty();
    }
  }
}
