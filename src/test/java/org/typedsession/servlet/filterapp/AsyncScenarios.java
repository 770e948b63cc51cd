package org.typedsession.servlet.filterapp;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.typedsession.Session;
import org.typedsession.testkit.Account;

/** Requests that go on after the filter has returned. */
final class AsyncScenarios {
  private AsyncScenarios() {}

  static Map<String, Scenario> all() {
    Map<String, Scenario> all = new TreeMap<>();
    all.put("async-complete", visit -> inThread(visit, AsyncContext::complete, false));
    all.put("async-complete-first", visit -> inThread(visit, AsyncContext::complete, true));
    all.put(
        "async-write-complete",
        visit ->
            inThread(
                visit,
                async -> {
                  async.getResponse().getWriter().print("written");
                  async.complete();
                },
                false));
    all.put(
        "async-flush-first",
        visit ->
            inThread(
                visit,
                async -> {
                  async.getResponse().getWriter().print("written");
                  async.getResponse().flushBuffer();
                  async.complete();
                },
                true));
    all.put(
        "async-dispatch",
        visit -> inThread(visit, async -> async.dispatch("/scenario/again"), false));
    all.put(
        "async-dispatch-first",
        visit -> inThread(visit, async -> async.dispatch("/scenario/again"), true));
    all.put("async-dispatch-same", AsyncScenarios::dispatchSame);
    all.put("async-dispatch-body", AsyncScenarios::dispatchBody);
    all.put("async-supplied", AsyncScenarios::supplied);
    all.put("async-twice", AsyncScenarios::twice);
    all.put("async-timeout", AsyncScenarios::timeout);
    all.put(
        "async-timeout-ignored", visit -> onTimeout(visit, event -> visit.state().remark("seen")));
    all.put(
        "async-timeout-answer",
        visit -> {
          AsyncContext async = timingOut(visit);
          async.addListener(new OnTimeout(visit.state(), event -> {}));
          async.addListener(
              new OnTimeout(
                  visit.state(),
                  event -> {
                    visit.response().getWriter().print("too late");
                    async.complete();
                  }));
        });
    all.put(
        "async-timeout-answer-by-event",
        visit ->
            onTimeout(
                visit,
                event -> {
                  event.getAsyncContext().getResponse().getWriter().print("too late");
                  event.getAsyncContext().complete();
                }));
    all.put(
        "async-timeout-dispatch",
        visit -> onTimeout(visit, event -> event.getAsyncContext().dispatch("/scenario/again")));
    all.put("async-timeout-change", AsyncScenarios::changeOnTimeout);
    all.put(
        "async-timeout-save",
        visit -> {
          visit.change();
          visit.account().save();
          visit.request().startAsync().setTimeout(1);
        });
    all.put("async-throw", AsyncScenarios::startAndThrow);
    all.put("async-behind", visit -> completeBehind(visit, event -> {}));
    all.put(
        "async-behind-caching", visit -> completeBehind(visit, event -> visit.letAnybodyCache()));
    all.put("async-start", AsyncScenarios::startRunnable);
    all.put(
        "async-filter-thread",
        visit -> {
          AsyncContext async = visit.request().startAsync();
          visit.change();
          async.complete();
        });
    all.put(
        "again",
        visit -> {
          visit.account().update(data -> data.addRight(1));
          visit.response().getWriter().print("again " + visit.request().getDispatcherType());
        });
    return all;
  }

  private interface Step {
    void take(AsyncContext async) throws IOException;
  }

  /** Changes the session in another thread; {@code first}: before the servlet returns. */
  private static void inThread(Visit visit, Step step, boolean first) {
    Session<Account> account = visit.account().unwrap();
    AsyncContext async = visit.request().startAsync();
    Thread thread =
        new Thread(
            () -> {
              try {
                visit.change(account);
                step.take(async);
              } catch (RuntimeException | IOException e) {
                visit.state().remark(e.toString());
                async.complete();
              }
            });
    thread.start();
    if (first) {
      join(thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void dispatchSame(Visit visit) throws IOException {
    if (visit.request().getDispatcherType() == DispatcherType.ASYNC) {
      visit.response().getWriter().print("same");
      return;
    }
    visit.change();
    visit.request().startAsync().dispatch();
  }

  // Half a buffer before the dispatch and half of it after: neither alone would commit.
  private static void dispatchBody(Visit visit) throws IOException {
    int half = visit.response().getBufferSize() / 2 + 1;
    if (visit.request().getDispatcherType() == DispatcherType.ASYNC) {
      visit.change();
      visit.response().getOutputStream().write(new byte[half]);
      visit.attempt(visit::change);
      return;
    }
    visit.response().getOutputStream().write(new byte[half]);
    visit.request().startAsync().dispatch();
  }

  private static void supplied(Visit visit) {
    visit.change();
    visit.request().startAsync(visit.request(), visit.response()).dispatch("/scenario/again");
  }

  private static void twice(Visit visit) {
    if (visit.request().getDispatcherType() == DispatcherType.ASYNC) {
      inThread(visit, AsyncContext::complete, false);
      return;
    }
    visit.request().startAsync().dispatch("/scenario/async-twice");
  }

  private static void timeout(Visit visit) {
    visit.change();
    visit.request().startAsync().setTimeout(1);
  }

  private static AsyncContext timingOut(Visit visit) {
    visit.change();
    AsyncContext async = visit.request().startAsync();
    async.setTimeout(1);
    return async;
  }

  private static void onTimeout(Visit visit, Reaction onTimeout) {
    timingOut(visit).addListener(new OnTimeout(visit.state(), onTimeout));
  }

  private static void changeOnTimeout(Visit visit) {
    Session<Account> account = visit.account().unwrap();
    onTimeout(
        visit,
        event -> {
          account.update(data -> data.addRight(1));
          event.getAsyncContext().complete();
        });
  }

  private static void startAndThrow(Visit visit) {
    visit.change();
    AsyncContext async = visit.request().startAsync();
    async.setTimeout(2_000);
    async.addListener(new Noting(visit.state()));
    throw new ScenarioException("after startAsync");
  }

  // As a component does that has got hold of the container's request.
  private static void completeBehind(Visit visit, Reaction onComplete) {
    visit.change();
    visit.request().startAsync().addListener(new OnComplete(onComplete));
    ServletRequest request = visit.request();
    while (request instanceof ServletRequestWrapper wrapper) {
      request = wrapper.getRequest();
    }
    request.getAsyncContext().complete();
  }

  private static void startRunnable(Visit visit) {
    Session<Account> account = visit.account().unwrap();
    AsyncContext async = visit.request().startAsync();
    async.addListener(new Noting(visit.state()));
    async.start(
        () -> {
          visit.change(account);
          async.complete();
        });
  }

  private interface Reaction {
    void to(AsyncEvent event) throws IOException;
  }

  private record OnTimeout(SharedState state, Reaction reaction) implements AsyncListener {
    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
      reaction.to(event);
      state.remark("timed out");
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }

  private record OnComplete(Reaction reaction) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) throws IOException {
      reaction.to(event);
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }

  private record Noting(SharedState state) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
      state.remark("completed");
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      state.remark("timed out");
    }

    @Override
    public void onError(AsyncEvent event) {
      state.remark("failed");
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
