package org.typedsession.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionCookieConfiguration.SameSite;
import org.typedsession.SessionEvent;
import org.typedsession.SessionStore;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.TypedSessionConfiguration.Codec;
import org.typedsession.TypedSessionConfiguration.Store;
import org.typedsession.spi.Readiness;
import org.typedsession.testing.ClassPathWithout;

/** Stores without CDI: in plain Java, as an application without a container has them. */
final class StoreAssemblyTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record User(String name) {}

  /** Nothing that JSON keeps: a function. */
  record Unfit(Supplier<String> secret) {}

  private static final TypedSessionConfiguration IN_MEMORY =
      TypedSessionConfiguration.builder().store(Store.MEMORY).codec(Codec.JSON).build();

  private final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

  private static StoreRequest request(
      Class<?> data, TypedSessionConfiguration configuration, Supplier<Object> defaultData) {
    return new StoreRequest(
        new DataType(data), Optional.of(configuration), new StoreRequest.Assembled(defaultData));
  }

  private StoreAssembly assemble(StoreRequest... requests) {
    return StoreAssembly.of(List.of(requests), events::add);
  }

  /** Runs in a class loader that knows nothing of Jakarta EE. */
  public static final class InPlainJava implements Callable<String> {
    @Override
    public String call() {
      List<StoreRequest> requests =
          List.of(
              new StoreRequest(
                  new DataType(Cart.class),
                  Optional.empty(),
                  new StoreRequest.Assembled(Cart::new)));
      try (StoreAssembly assembly = StoreAssembly.of(requests, event -> {})) {
        SessionStore<Cart> carts = assembly.store(Cart.class);
        carts.store(carts.create(new Cart(2)));
        return assembly.problems() + " " + carts.statistics().creates();
      }
    }
  }

  @Test
  void store_withoutJakartaEe_isMadeOfTheSettings() throws Exception {
    assertThat(
            ClassPathWithout.call(
                InPlainJava.class,
                "jakarta.",
                "org.jboss.",
                "org.eclipse.microprofile.",
                "org.infinispan."))
        .isEqualTo("[] 1");
  }

  @Test
  void store_inPlainJava_keepsSessionsAndReportsEvents() {
    try (StoreAssembly assembly = assemble(request(Cart.class, IN_MEMORY, Cart::new))) {
      assertThat(assembly.problems()).isEmpty();
      SessionStore<Cart> carts = assembly.store(Cart.class);
      Session<Cart> session = carts.create(new Cart(2));
      carts.store(session);

      assertThat(carts.statistics().creates()).isEqualTo(1);
      assertThat(assembly.readiness())
          .containsOnlyKeys(Cart.class.getTypeName())
          .allSatisfy((type, found) -> assertThat(found).isInstanceOf(Readiness.Ready.class));
      assertThat(events).hasOnlyElementsOfType(SessionEvent.SessionCreated.class).hasSize(1);
    }
  }

  @Test
  void store_beforeItsFirstUse_isNotStarted() {
    try (StoreAssembly assembly =
        assemble(
            request(
                Cart.class,
                IN_MEMORY,
                () -> {
                  throw new IllegalStateException("used");
                }))) {
      assertThat(assembly.problems()).isEmpty();
      assertThat(assembly.readiness()).isEmpty();
      assertThatIllegalStateException()
          .isThrownBy(() -> assembly.store(Cart.class))
          .withMessageContaining("TSESS0011: ");
    }
  }

  @Test
  void problems_ofCodeAndOfSettings_areToldApart() {
    TypedSessionConfiguration forged =
        IN_MEMORY.toBuilder()
            .cookie(
                SessionCookieConfiguration.builder().secure(false).sameSite(SameSite.NONE).build())
            .build();
    try (StoreAssembly assembly =
        assemble(
            request(Unfit.class, IN_MEMORY, () -> new Unfit(() -> "")),
            request(User.class, forged, () -> new User("")))) {
      assertThat(assembly.problems())
          .extracting(Problem::kind)
          .containsExactly(Problem.Kind.DEFINITION, Problem.Kind.DEPLOYMENT);
      assertThat(assembly.problems().get(0).text()).startsWith("TSESS0006: ");
      assertThat(assembly.problems().get(1).text()).startsWith("TSESS0037: ");
    }
  }

  @Test
  void store_nobodyAskedForOrUnsound_isRefusedByName() {
    StoreRequest nowhere =
        new StoreRequest(
            new DataType(User.class), Optional.of(IN_MEMORY), StoreRequest.Nowhere.INSTANCE);
    try (StoreAssembly assembly = assemble(nowhere)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> assembly.store(User.class))
          .withMessageContaining(User.class.getName());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> assembly.store(Cart.class))
          .withMessageContaining(Cart.class.getName());
    }
  }

  @Test
  void of_twoRequestsForOneType_isRefused() {
    StoreRequest request = request(Cart.class, IN_MEMORY, Cart::new);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> assemble(request, request))
        .withMessageContaining(Cart.class.getName());
  }
}
