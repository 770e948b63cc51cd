package org.typedsession.bench;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.IntSupplier;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/**
 * Clients of Spring Session on any of its stores. One attribute holds the whole value, and what the
 * filter of Spring adds, which stores the time of the last access with every request, is left out.
 */
final class SpringClient implements Client {
  private static final String ATTRIBUTE = "basket";

  private final List<SessionRepository<Session>> repositories;
  private final IntSupplier caller;
  private final String[] values;
  private final String[] ids;
  private int turn;

  /**
   * @param repositories one of each member
   */
  SpringClient(
      List<? extends SessionRepository<?>> repositories,
      IntSupplier caller,
      BiPredicate<String, Integer> fits,
      int bytes,
      int sessions) {
    this.repositories = repositories.stream().map(SpringClient::ofItsOwnSessions).toList();
    this.caller = caller;
    String text = Basket.text(bytes - 1);
    this.values = new String[] {text + 'x', text + 'y'};
    this.ids = new String[sessions];
    for (int i = 0; i < sessions; i++) {
      do {
        ids[i] = begin(this.repositories.get(0));
      } while (!fits.test(ids[i], i));
    }
  }

  // A repository is given back nothing but what it has made.
  @SuppressWarnings("unchecked")
  private static SessionRepository<Session> ofItsOwnSessions(SessionRepository<?> repository) {
    return (SessionRepository<Session>) repository;
  }

  private String begin(SessionRepository<Session> repository) {
    Session session = repository.createSession();
    // A text of its own for each session, as requests bring one.
    session.setAttribute(ATTRIBUTE, new StringBuilder(values[0]).toString());
    repository.save(session);
    return session.getId();
  }

  private SessionRepository<Session> repository() {
    return repositories.get(caller.getAsInt());
  }

  private int next() {
    turn = (turn + 1) % ids.length;
    return turn;
  }

  private static Session found(SessionRepository<Session> repository, String id) {
    Session session = repository.findById(id);
    if (session == null) {
      throw new IllegalStateException("a session is gone");
    }
    return session;
  }

  @Override
  public Object create() {
    return begin(repository());
  }

  @Override
  public Object read() {
    return found(repository(), ids[next()]).getAttribute(ATTRIBUTE);
  }

  @Override
  public Object update() {
    SessionRepository<Session> repository = repository();
    Session session = found(repository, ids[next()]);
    session.setAttribute(ATTRIBUTE, values[turn % 2]);
    repository.save(session);
    return session;
  }

  @Override
  public Object remap() {
    SessionRepository<Session> repository = repository();
    int at = next();
    Session session = found(repository, ids[at]);
    session.changeSessionId();
    session.setAttribute(ATTRIBUTE, values[at % 2]);
    repository.save(session);
    ids[at] = session.getId();
    return session;
  }

  @Override
  public Object life() {
    SessionRepository<Session> repository = repository();
    String id = begin(repository);
    Session session = found(repository, id);
    repository.deleteById(session.getId());
    return id;
  }
}
