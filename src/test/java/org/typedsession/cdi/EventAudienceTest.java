package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;

/** Whoever observes session events is told of the first of a class, and of the later ones. */
final class EventAudienceTest {
  private static final SessionEvent EVENT =
      new SessionEvent.SessionReplayed(new SessionHandle(1, 2), Instant.EPOCH);
  private static final AtomicInteger HEARD = new AtomicInteger();

  @ApplicationScoped
  static class OfAnything {
    void any(@Observes Object event) {
      if (event == EVENT) {
        HEARD.incrementAndGet();
      }
    }
  }

  @ApplicationScoped
  static class OfAnythingAsync {
    void any(@ObservesAsync Object event) {
      if (event == EVENT) {
        HEARD.incrementAndGet();
      }
    }
  }

  @ApplicationScoped
  static class OfSessionEvents {
    void any(@Observes SessionEvent event) {
      HEARD.incrementAndGet();
    }
  }

  @ApplicationScoped
  static class OfSessionEventsAsync {
    void any(@ObservesAsync SessionEvent event) {
      HEARD.incrementAndGet();
    }
  }

  @ApplicationScoped
  static class AfterSuccess {
    void any(@Observes(during = TransactionPhase.AFTER_SUCCESS) SessionEvent event) {
      HEARD.incrementAndGet();
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        OfAnything.class,
        OfAnythingAsync.class,
        OfSessionEvents.class,
        OfSessionEventsAsync.class,
        AfterSuccess.class
      })
  void event_firstOfItsClassAndNext_isTold(Class<?> observer) {
    HEARD.set(0);
    try (Application application = Application.deploy(observer);
        SessionEvents events = events(application.get(BeanManager.class))) {
      events.accept(EVENT);
      awaitHeard(1);
      events.accept(EVENT);
      awaitHeard(2);
    }
  }

  private static SessionEvents events(BeanManager beans) {
    ApplicationBeans noted = new ApplicationBeans();
    beans.resolveObserverMethods(EVENT).forEach(noted::note);
    return new SessionEvents(beans, noted.observers());
  }

  @ParameterizedTest
  @ValueSource(classes = {OfSessionEvents.class, OfSessionEventsAsync.class})
  void event_observersCannotBeLookedUp_isToldAllTheSame(Class<?> observer) {
    HEARD.set(0);
    AtomicBoolean failed = new AtomicBoolean();
    try (Application application = Application.deploy(observer)) {
      BeanManager real = application.get(BeanManager.class);
      BeanManager failingOnce =
          (BeanManager)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {BeanManager.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("resolveObserverMethods")
                        && !failed.getAndSet(true)) {
                      throw new IllegalStateException("not ready");
                    }
                    return method.invoke(real, arguments);
                  });
      try (SessionEvents events = new SessionEvents(failingOnce, List.of())) {
        events.accept(EVENT);
        awaitHeard(1);
        events.accept(EVENT);
        awaitHeard(2);
      }
    }
    assertThat(failed).isTrue();
  }

  private static void awaitHeard(int count) {
    Awaitility.await().untilAsserted(() -> assertThat(HEARD).hasValue(count));
  }
}
