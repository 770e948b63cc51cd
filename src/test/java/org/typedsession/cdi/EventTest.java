package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.util.AnnotationLiteral;
import jakarta.inject.Inject;
import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionStore;
import org.typedsession.testing.Logs;

/** Session events as CDI events. */
final class EventTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<Cart> store;
  }

  @ApplicationScoped
  static class Listener {
    private final List<SessionEvent> heard = new CopyOnWriteArrayList<>();

    void replay(@Observes SessionEvent.SessionReplayed event) {
      heard.add(event);
    }

    void forkEnded(@Observes SessionEvent.SessionForkEnded event) {
      heard.add(event);
    }

    void undecodable(@Observes SessionEvent.SessionUndecodable event) {
      heard.add(event);
    }

    List<SessionEvent> heard() {
      return heard;
    }
  }

  @RequestScoped
  static class Note {
    private String text = "";

    void write(String newText) {
      text = newText;
    }

    String text() {
      return text;
    }
  }

  @ApplicationScoped
  static class AsyncListener {
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Inject Note note;

    void replay(@ObservesAsync SessionEvent.SessionReplayed event) {
      note.write(event.handle().toString());
      heard.add(note.text());
    }

    void forkEnded(@ObservesAsync SessionEvent.SessionForkEnded event) {
      throw new IllegalStateException("asynchronous observer");
    }

    List<String> heard() {
      return heard;
    }
  }

  @Qualifier
  @Retention(RetentionPolicy.RUNTIME)
  @interface Special {
    @SuppressWarnings("serial") // never is
    final class Literal extends AnnotationLiteral<Special> implements Special {}
  }

  @ApplicationScoped
  static class SpecialListener {
    private final List<SessionEvent> heard = new CopyOnWriteArrayList<>();

    void any(@Observes @Special SessionEvent event) {
      heard.add(event);
    }

    List<SessionEvent> heard() {
      return heard;
    }
  }

  @Dependent
  static class Thrower {
    void any(@Observes SessionEvent event) {
      throw new IllegalStateException("observer");
    }
  }

  @Dependent
  static class Asker {
    static final AtomicInteger TOLD = new AtomicInteger();

    @Inject Session<Cart> session;

    void any(@Observes SessionEvent.SessionReplayed event) {
      TOLD.incrementAndGet();
      session.data();
    }
  }

  /** Presents an id again that was replaced, after the time in which that is innocent. */
  private static Session<Cart> replay(SessionStore<Cart> store) {
    SessionCookieCommand.Set created =
        (SessionCookieCommand.Set) store.store(store.create(new Cart(1)));
    String dead = created.cookieValue().reveal();
    Session<Cart> session = store.load(dead);
    session.rotateId();
    store.store(session);
    return store.load(dead);
  }

  @Test
  void replay_observerOfTheSubtype_isTold() {
    try (Settings settings = Settings.of("overtaken", "PT0S", "replay-after", "PT0S");
        Application application = Application.deploy(Shop.class, Listener.class)) {
      replay(application.get(Shop.class).store);

      awaitHeard(application, 1);
      assertThat(application.get(Listener.class).heard())
          .singleElement()
          .isInstanceOf(SessionEvent.SessionReplayed.class);
    }
  }

  @Test
  void replay_asynchronousObserver_isToldWithARequestContext() {
    try (Settings settings = Settings.of("overtaken", "PT0S", "replay-after", "PT0S");
        Application application = Application.deploy(Shop.class, AsyncListener.class, Note.class)) {
      replay(application.get(Shop.class).store);

      Awaitility.await()
          .untilAsserted(() -> assertThat(application.get(AsyncListener.class).heard()).hasSize(1));
    }
  }

  @Test
  void event_asynchronousObserverThrows_isLoggedAndStopsNobody() {
    SessionHandle handle = new SessionHandle(1, 2);
    try (Application application = Application.deploy(Shop.class, AsyncListener.class, Note.class);
        Logs logs = new Logs();
        SessionEvents events = allObserved(application)) {
      events.accept(new SessionEvent.SessionForkEnded(handle, Instant.EPOCH, true));
      events.accept(new SessionEvent.SessionReplayed(handle, Instant.EPOCH));

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(application.get(AsyncListener.class).heard())
                      .containsExactly(handle.toString()));
      assertThat(logs.warnings()).anySatisfy(text -> assertThat(text).contains("TSESS0015"));
      assertThat(logs.failures())
          .anySatisfy(e -> assertThat(e).hasRootCauseMessage("asynchronous observer"));
    }
  }

  private static SessionEvents allObserved(Application application) {
    BeanManager beans = application.get(BeanManager.class);
    ApplicationBeans noted = new ApplicationBeans();
    SessionHandle handle = new SessionHandle(1, 2);
    beans
        .resolveObserverMethods(new SessionEvent.SessionReplayed(handle, Instant.EPOCH))
        .forEach(noted::note);
    return new SessionEvents(beans, noted.observers());
  }

  // As on servers where the library's manager sees nothing of the application.
  @Test
  void event_observersThatTheManagerDoesNotSee_areToldTheSame() {
    SessionHandle handle = new SessionHandle(1, 2);
    SessionEvent event = new SessionEvent.SessionReplayed(handle, Instant.EPOCH);
    try (Application application =
        Application.deploy(
            Listener.class, AsyncListener.class, Note.class, SpecialListener.class)) {
      ApplicationBeans noted = new ApplicationBeans();
      BeanManager beans = application.get(BeanManager.class);
      beans.resolveObserverMethods(event, new Special.Literal()).forEach(noted::note);
      try (SessionEvents events = new SessionEvents(withoutObservers(beans), noted.observers())) {
        events.accept(event);
        awaitHeard(application, 1);
        Awaitility.await()
            .untilAsserted(
                () ->
                    assertThat(application.get(AsyncListener.class).heard())
                        .containsExactly(handle.toString()));
      }

      assertThat(application.get(Listener.class).heard()).containsExactly(event);
      assertThat(application.get(SpecialListener.class).heard()).isEmpty();
    }
  }

  private static BeanManager withoutObservers(BeanManager beans) {
    Event<?> unheard =
        implement(
            Event.class,
            (proxy, method, arguments) ->
                method.getName().equals("fireAsync")
                    ? CompletableFuture.completedFuture(arguments[0])
                    : null);
    return implement(
        BeanManager.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "getEvent" -> unheard;
              case "resolveObserverMethods" -> Set.of();
              default -> method.invoke(beans, arguments);
            });
  }

  private static <T> T implement(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Test
  void replay_observerThrows_breaksNothingAndIsLogged() {
    try (Settings settings = Settings.of("overtaken", "PT0S", "replay-after", "PT0S");
        Application application = Application.deploy(Shop.class, Thrower.class);
        Logs logs = new Logs()) {
      Session<Cart> session = replay(application.get(Shop.class).store);

      assertThat(session.isNew()).isTrue();
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(logs.warnings())
                      .anySatisfy(text -> assertThat(text).contains("TSESS0015")));
    }
  }

  // A back-end tells it on a thread of its own.
  @Test
  void replay_observerUsesTheInjectedSession_isToldOnceThatItHasNoRequest() {
    Asker.TOLD.set(0);
    try (Settings settings = Settings.of("overtaken", "PT0S", "replay-after", "PT0S");
        Application application = Application.deploy(Shop.class, Asker.class);
        Logs logs = new Logs()) {
      replay(application.get(Shop.class).store);

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(logs.failures())
                      .anySatisfy(
                          failure -> assertThat(failure).hasMessageContaining("TSESS0012")));
      assertThat(Asker.TOLD).hasValue(1);
    }
  }

  @Test
  void forkEnded_onAThreadWithoutRequest_observerIsTold() {
    SessionEvent event =
        new SessionEvent.SessionForkEnded(new SessionHandle(1, 2), Instant.EPOCH, true);
    try (Application application = Application.deploy(Shop.class, Listener.class)) {
      SessionEvents events = new SessionEvents(application.get(BeanManager.class), List.of());
      CompletableFuture.runAsync(() -> events.accept(event)).join();
      awaitHeard(application, 1);
      events.close();

      assertThat(application.get(Listener.class).heard()).containsExactly(event);
    }
  }

  @Test
  void event_observerThatTheManagerSees_isToldOnce() {
    SessionEvent event =
        new SessionEvent.SessionForkEnded(new SessionHandle(1, 2), Instant.EPOCH, true);
    try (Application application = Application.deploy(Shop.class, Listener.class)) {
      BeanManager beans = application.get(BeanManager.class);
      ApplicationBeans noted = new ApplicationBeans();
      beans.resolveObserverMethods(event).forEach(noted::note);
      assertThat(noted.observers()).isNotEmpty();

      try (SessionEvents events = new SessionEvents(beans, noted.observers())) {
        events.accept(event);
        events.accept(new SessionEvent.SessionReplayed(new SessionHandle(3, 4), Instant.EPOCH));
        awaitHeard(application, 2);
      }

      assertThat(application.get(Listener.class).heard()).hasSize(2).containsOnlyOnce(event);
    }
  }

  @Test
  void event_nobodyObserves_isLookedUpOnceForItsClass() {
    List<String> calls = new CopyOnWriteArrayList<>();
    BeanManager beans =
        implement(
            BeanManager.class,
            (proxy, method, arguments) -> {
              calls.add(method.getName() + " " + arguments[0].getClass().getSimpleName());
              return Set.of();
            });
    SessionHandle handle = new SessionHandle(1, 2);
    try (SessionEvents events = new SessionEvents(beans, List.of())) {
      events.accept(new SessionEvent.SessionReplayed(handle, Instant.EPOCH));
      Awaitility.await().until(() -> calls.size() == 1);
      events.accept(new SessionEvent.SessionReplayed(handle, Instant.EPOCH));
      events.accept(new SessionEvent.SessionForkEnded(handle, Instant.EPOCH, true));
      // One after the other: by now the second one has been told, if it was to be.
      Awaitility.await().until(() -> calls.size() == 2);
    }

    assertThat(calls)
        .containsExactly(
            "resolveObserverMethods SessionReplayed", "resolveObserverMethods SessionForkEnded");
  }

  /** Blocks until the test lets it go on. */
  @ApplicationScoped
  static class Slow {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    void any(@Observes SessionEvent event) throws InterruptedException {
      reached.countDown();
      released.await();
    }

    void awaitReached() throws InterruptedException {
      assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
    }

    void release() {
      released.countDown();
    }
  }

  @Test
  void observer_thatDoesNotReturn_holdsUpNoRequest() throws InterruptedException {
    try (Application application = Application.deploy(Shop.class, Slow.class);
        Logs logs = new Logs()) {
      SessionStore<Cart> store = application.get(Shop.class).store;
      SessionCookieCommand.Set first =
          (SessionCookieCommand.Set) store.store(store.create(new Cart(1)));
      application.get(Slow.class).awaitReached();

      for (int i = 0; i < 1_100; i++) {
        store.store(store.create(new Cart(i)));
      }

      assertThat(store.load(first.cookieValue().reveal()).data()).isEqualTo(new Cart(1));
      assertThat(logs.warnings()).anySatisfy(text -> assertThat(text).contains("TSESS0056"));
      application.get(Slow.class).release();
    }
  }

  private static void awaitHeard(Application application, int count) {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(application.get(Listener.class).heard())
                    .hasSizeGreaterThanOrEqualTo(count));
  }
}
