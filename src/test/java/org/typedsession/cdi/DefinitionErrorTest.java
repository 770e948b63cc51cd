package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionStore;
import org.typedsession.security.CallerBindings;
import org.typedsession.security.CallerData;
import org.typedsession.security.CallerInSession;

/** Each mistake, deployed. */
final class DefinitionErrorTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record Page<T>(List<T> entries) {
    Page() {
      this(List.of());
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> deploying(Class<?>... classes) {
    return assertThatThrownBy(() -> Application.deploy(classes).close());
  }

  @Dependent
  static class Raw {
    @SuppressWarnings("rawtypes")
    @Inject
    SessionStore store;
  }

  @Test
  void injection_rawType_isRefused() {
    deploying(Raw.class)
        .hasMessageContaining("TSESS0001: " + Raw.class.getName() + ".store injects SessionStore")
        .hasMessageContaining("as in SessionStore<MySession>");
  }

  @Dependent
  static class RawLookup {
    @SuppressWarnings("rawtypes")
    @Inject
    Instance<Session> session;
  }

  @Test
  void lookup_rawType_isRefused() {
    deploying(RawLookup.class).hasMessageContaining("TSESS0001: ");
  }

  @Dependent
  static class Variable<T> {
    @Inject Session<T> session;
  }

  @Test
  void injection_typeVariable_isRefused() {
    deploying(Variable.class)
        .hasMessageContaining("TSESS0002: " + Variable.class.getName() + ".session")
        .hasMessageContaining("Session<T>");
  }

  @Dependent
  static class Wildcard {
    @Inject Session<?> session;
  }

  @Test
  void injection_wildcard_isRefused() {
    deploying(Wildcard.class)
        .hasMessageContaining("TSESS0003: " + Wildcard.class.getName() + ".session")
        .hasMessageContaining("Instance<Session<?>>");
  }

  @Dependent
  static class BoundedWildcard {
    @SuppressWarnings("UnusedVariable") // the types are what is tested
    @Inject
    void method(String first, SessionStore<? extends Cart> store) {}

    @Produces
    String text() {
      return "";
    }
  }

  @Test
  void parameter_boundedWildcard_isRefusedByItsPosition() {
    deploying(BoundedWildcard.class)
        .hasMessageContaining(
            "TSESS0003: parameter 2 of " + BoundedWildcard.class.getName() + ".method");
  }

  @Dependent
  static class Open {
    @Inject Session<Page<?>> session;
  }

  @Test
  void injection_wildcardInsideOfData_isRefused() {
    deploying(Open.class).hasMessageContaining("TSESS0004: ");
  }

  @Dependent
  static class RawData {
    @SuppressWarnings("rawtypes")
    @Inject
    Session<Page> session;
  }

  @Test
  void injection_rawData_isRefused() {
    deploying(RawData.class).hasMessageContaining("TSESS0004: ");
  }

  interface Anybody {}

  @Dependent
  static class OfInterface {
    @Inject Session<Anybody> session;
  }

  @Test
  void injection_interfaceNotSealed_isRefused() {
    deploying(OfInterface.class)
        .hasMessageContaining("TSESS0005: ")
        .hasMessageContaining("make it sealed");
  }

  abstract static class HalfClass {}

  @Dependent
  static class OfAbstractClass {
    @Inject Session<HalfClass> session;
  }

  @Test
  void injection_abstractClass_isRefused() {
    deploying(OfAbstractClass.class).hasMessageContaining("TSESS0005: ");
  }

  @Dependent
  static class OfArray {
    @Inject Session<int[]> session;
  }

  @Test
  void injection_array_isRefused() {
    deploying(OfArray.class).hasMessageContaining("TSESS0005: ");
  }

  record WithThread(Thread thread) {
    WithThread() {
      this(null);
    }
  }

  @Dependent
  static class Unstorable {
    @Inject Session<WithThread> session;
  }

  @Test
  void data_codecRefusesItsType_isRefused() {
    deploying(Unstorable.class)
        .hasMessageContaining("TSESS0006: ")
        .hasMessageContaining(WithThread.class.getName())
        .hasMessageContaining("thread");
  }

  record NoDefault(String name) {}

  @Dependent
  static class WithoutDefault {
    @Inject Session<NoDefault> session;
  }

  @Test
  void data_neitherBeanNorConstructor_isRefused() {
    deploying(WithoutDefault.class)
        .hasMessageContaining("TSESS0007: ")
        .hasMessageContaining("@Produces " + NoDefault.class.getName());
  }

  sealed interface User {
    record Guest() implements User {}
  }

  @Dependent
  static class WithoutGuest {
    @Inject Session<User> session;
  }

  @Test
  void data_sealedInterfaceWithoutBean_isRefused() {
    deploying(WithoutGuest.class)
        .hasMessageContaining("TSESS0007: ")
        .hasMessageContaining("which of its subtypes a session begins with");
  }

  @Dependent
  static class TwoDefaults {
    @Inject Session<Cart> session;

    @Produces
    Cart one() {
      return new Cart(1);
    }

    @Produces
    Cart two() {
      return new Cart(2);
    }
  }

  @Test
  void data_twoBeans_isRefused() {
    deploying(TwoDefaults.class)
        .hasMessageContaining("TSESS0008: ")
        .hasMessageContaining("@Vetoed");
  }

  @Test
  void data_onlySubtypeIsBeanByChance_isRefused() {
    // As with bean-discovery-mode="all": it may as well be the administrator.
    deploying(WithoutGuest.class, User.Guest.class)
        .hasMessageContaining("TSESS0007: ")
        .hasMessageContaining("which of its subtypes a session begins with");
  }

  @ApplicationScoped
  static class Shared {}

  @Dependent
  static class ScopedDefault {
    @Inject Session<Shared> session;
  }

  @Test
  void data_normalScopedBean_isRefused() {
    deploying(ScopedDefault.class, Shared.class)
        .hasMessageContaining("TSESS0009: ")
        .hasMessageContaining("@ApplicationScoped");
  }

  @Dependent
  static class Wrong {
    @Inject Session<?> one;
    @Inject Session<Anybody> two;

    @SuppressWarnings("rawtypes")
    @Inject
    Session three;
  }

  @Test
  void injection_severalMistakes_areAllReported() {
    deploying(Wrong.class, Variable.class)
        .satisfies(
            e ->
                assertThat(Problems.of(e))
                    .contains("TSESS0001", "TSESS0002", "TSESS0003", "TSESS0005"));
  }

  @Dependent
  static class WrongData {
    @Inject Session<NoDefault> one;
    @Inject Session<WithThread> two;
    @Inject Session<User> three;
  }

  @Test
  void data_severalMistakes_areAllReported() {
    try (Settings settings = Settings.of("time-to-live", "soon")) {
      deploying(WrongData.class)
          .satisfies(
              e ->
                  assertThat(Problems.of(e))
                      .contains(
                          "TSESS0006",
                          "TSESS0007: no default session data of type ",
                          ", which has neither a CDI bean nor a constructor without parameters;",
                          ", which is abstract and has no CDI bean that says which of its subtypes",
                          "TSESS0030"));
    }
  }

  @Dependent
  static class OtherQualifier {
    @Inject
    @Named("mine")
    Session<Anybody> session;

    @Produces
    @Named("mine")
    static Session<Anybody> produce() {
      return null;
    }
  }

  @Test
  void injection_otherQualifier_isLeftToTheApplication() {
    try (Application application = Application.deploy(OtherQualifier.class)) {
      assertThat(application.get(OtherQualifier.class).session).isNull();
    }
  }

  @Dependent
  static class BrokenDefault {
    @Inject SessionStore<Cart> store;

    @Produces
    Cart cart() {
      throw new IllegalStateException("no cart today");
    }
  }

  @Test
  void start_defaultDataCannotBeMade_isRefused() {
    try (Application application = Application.deploy(BrokenDefault.class)) {
      assertThatThrownBy(() -> application.browse("/shop"))
          .hasMessageContaining("TSESS0041: ")
          .hasMessageContaining("TSESS0011: ")
          .hasMessageContaining("no cart today");
    }
  }

  @RequestScoped
  static class Visitor {
    int items() {
      return 1;
    }
  }

  @Dependent
  static class DefaultOfARequest {
    @Inject SessionStore<Cart> store;
    @Inject Visitor visitor;

    @Produces
    Cart cart() {
      return new Cart(visitor.items());
    }
  }

  @Test
  void start_defaultDataNeedsARequest_isRefusedWithTheCauseAndTheWayOut() {
    try (Application application = Application.deploy(DefaultOfARequest.class, Visitor.class)) {
      assertThatThrownBy(() -> application.browse("/shop"))
          .hasMessageContaining("TSESS0019: ")
          .hasMessageContaining(DefaultOfARequest.class.getName() + ".cart()")
          .hasMessageContaining("RequestScoped")
          .hasMessageContaining("there is no request")
          .hasMessageContaining("Session.update()");
    }
  }

  record Badge(Set<String> callerGroups) implements CallerData<Badge> {
    Badge() {
      this(Set.of());
    }

    @Override
    public Badge withCaller(String name, Set<String> groups) {
      return new Badge(groups);
    }
  }

  @ApplicationScoped
  @CallerInSession(Cart.class)
  static class KeepsCallersInACart extends Mechanism {}

  @ApplicationScoped
  @CallerInSession(Badge.class)
  static class KeepsCallersInABadge extends Mechanism {}

  abstract static class Mechanism implements HttpAuthenticationMechanism {
    @Override
    public AuthenticationStatus validateRequest(
        HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
      return context.doNothing();
    }
  }

  @Dependent
  static class AsksForACart {
    @Inject Session<Cart> session;
  }

  @Dependent
  static class AsksForABadge {
    @Inject Session<Badge> session;
  }

  @Test
  void mechanism_dataThatKeepsNoCaller_isRefused() {
    deploying(AsksForACart.class, KeepsCallersInACart.class)
        .hasMessageContaining("TSESS0060: " + KeepsCallersInACart.class.getName())
        .hasMessageContaining("does not implement CallerData");
  }

  @Test
  void mechanism_dataThatNobodyAsksFor_isRefused() {
    deploying(AsksForACart.class, KeepsCallersInABadge.class)
        .hasMessageContaining("TSESS0061: " + KeepsCallersInABadge.class.getName())
        .hasMessageContaining("inject Session<");
  }

  @Test
  void mechanism_dataThatKeepsACaller_isServed() {
    try (Application application =
        Application.deploy(AsksForABadge.class, KeepsCallersInABadge.class)) {
      application.browse("/shop");
      assertThat(application.get(CallerBindings.class).binding(Badge.class).cookie().name())
          .isEqualTo("__Host-session-shop");
    }
  }
}
