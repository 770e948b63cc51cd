package org.typedsession.bench;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.IntSupplier;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.core.DefaultSessionStore;

/** Clients of this library, through the same calls that its filter makes. */
final class TypedClient implements Client {
  private final List<DefaultSessionStore<Basket>> stores;
  private final IntSupplier caller;
  private final Basket data;
  private final String[] cookies;
  private int turn;

  /**
   * @param begins which member begins the sessions
   * @param caller which member is asked next
   * @param fits whether a session may take part, by its id in the store
   */
  TypedClient(
      List<DefaultSessionStore<Basket>> stores,
      int begins,
      IntSupplier caller,
      BiPredicate<String, Integer> fits,
      Basket data,
      int sessions) {
    this.stores = stores;
    this.caller = caller;
    this.data = data;
    this.cookies = new String[sessions];
    for (int i = 0; i < sessions; i++) {
      SessionCookieValue cookie;
      do {
        cookie = begin(stores.get(begins), data);
      } while (!fits.test(cookie.id().stored(), i));
      cookies[i] = cookie.reveal();
    }
  }

  /** A new session in {@code store}. */
  static SessionCookieValue begin(DefaultSessionStore<Basket> store, Basket data) {
    return cookie(store.store(store.create(data)));
  }

  private static SessionCookieValue cookie(SessionCookieCommand command) {
    if (command instanceof SessionCookieCommand.Set set) {
      return set.cookieValue();
    }
    throw new IllegalStateException("expected a cookie, got " + command);
  }

  /** The id of the session whose turn it was. */
  String id() {
    return SessionCookieValue.parse(cookies[turn]).orElseThrow().id().stored();
  }

  private DefaultSessionStore<Basket> store() {
    return stores.get(caller.getAsInt());
  }

  private int next() {
    turn = (turn + 1) % cookies.length;
    return turn;
  }

  @Override
  public Object create() {
    return begin(store(), data);
  }

  @Override
  public Object read() {
    DefaultSessionStore<Basket> store = store();
    Session<Basket> session = found(store, cookies[next()]);
    Basket basket = session.data();
    store.store(session);
    return basket;
  }

  private static Session<Basket> found(DefaultSessionStore<Basket> store, String cookie) {
    Session<Basket> session = store.load(cookie);
    if (session.isNew()) {
      throw new IllegalStateException("a session is gone");
    }
    return session;
  }

  @Override
  public Object update() {
    DefaultSessionStore<Basket> store = store();
    Session<Basket> session = found(store, cookies[next()]);
    session.update(Basket::next);
    return store.store(session);
  }

  @Override
  public Object remap() {
    DefaultSessionStore<Basket> store = store();
    int at = next();
    Session<Basket> session = found(store, cookies[at]);
    session.update(Basket::otherUser);
    cookies[at] = cookie(store.store(session)).reveal();
    return session;
  }

  @Override
  public Object createAndRemap() {
    DefaultSessionStore<Basket> store = store();
    Session<Basket> session = found(store, begin(store, data).reveal());
    session.update(Basket::otherUser);
    return store.store(session);
  }

  @Override
  public Object life() {
    DefaultSessionStore<Basket> store = store();
    String cookie = begin(store, data).reveal();
    Session<Basket> session = found(store, cookie);
    session.delete();
    return store.store(session);
  }
}
