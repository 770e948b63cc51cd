package org.typedsession.testkit.history;

import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.Handover;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * Records what is done through connectors to one store, which may be several members of a cluster.
 *
 * <p>Each client gets a connector of its own for each member that it talks to, from {@link
 * #connector}; whether it is used directly or by a {@code DefaultSessionStore} makes no difference.
 * At the end {@link #conclude} reads all ids through all members.
 *
 * @param <D> the session data
 */
public final class RecordedStore<D> {
  private final History history;
  private final ToLongFunction<D> value;
  private final Map<SessionId, SessionHandle> sessions = new ConcurrentHashMap<>();
  private final Map<String, SessionStoreConnector<D>> members = new ConcurrentHashMap<>();

  /**
   * @param history where to record
   * @param value tells data of one session apart. Whatever writes must change it, also a renewal:
   *     the checker knows versions by nothing else
   */
  public RecordedStore(History history, ToLongFunction<D> value) {
    this.history = history;
    this.value = value;
  }

  /** What {@code client} is to use instead of {@code member}. */
  public SessionStoreConnector<D> connector(
      String client, String node, SessionStoreConnector<D> member) {
    members.put(node, member);
    return new Recorded(client, node, member);
  }

  /** Ends the history by reading every id on every member. */
  public void conclude() {
    history.conclude();
    members.forEach(
        (node, member) -> {
          SessionStoreConnector<D> reader = new Recorded("the end", node, member);
          sessions.keySet().forEach(id -> lookUp(reader, id));
        });
  }

  private void lookUp(SessionStoreConnector<D> reader, SessionId id) {
    try {
      reader.lookUpSession(id);
    } catch (SessionStoreUnavailableException e) {
      // It is recorded, and Verdict.unread tells of it.
      return;
    }
  }

  private final class Recorded implements SessionStoreConnector<D> {
    private final String client;
    private final String node;
    private final SessionStoreConnector<D> member;

    private Recorded(String client, String node, SessionStoreConnector<D> member) {
      this.client = client;
      this.node = node;
      this.member = member;
    }

    @Override
    public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
      return member.findSession(handle, lastKnownId);
    }

    @Override
    public PrincipalRecord.Stored lookUpPrincipal(String name) {
      return member.lookUpPrincipal(name);
    }

    @Override
    public boolean writePrincipal(
        String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
      return member.writePrincipal(name, expected, principal);
    }

    @Override
    public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
      sessions.putIfAbsent(id, session.handle());
      return write(
          session.handle(),
          SessionCall.create(id.toString(), value.applyAsLong(session.data())),
          () -> member.createSession(id, session));
    }

    @Override
    public WriteSessionResult<D> remapSession(
        SessionId currentId,
        SessionId previousId,
        SessionLookup.Live<D> expected,
        SessionRecord<D> session,
        Handover handover) {
      sessions.putIfAbsent(currentId, session.handle());
      return write(
          session.handle(),
          SessionCall.remap(
              previousId.toString(), currentId.toString(), value(expected), value(session)),
          () -> member.remapSession(currentId, previousId, expected, session, handover));
    }

    @Override
    public WriteSessionResult<D> writeSession(
        SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
      return write(
          session.handle(),
          SessionCall.write(id.toString(), value(expected), value(session)),
          () -> member.writeSession(id, expected, session));
    }

    private long value(SessionLookup.Live<D> live) {
      return value(live.session());
    }

    private long value(SessionRecord<D> session) {
      return value.applyAsLong(session.data());
    }

    private WriteSessionResult<D> write(
        SessionHandle session, SessionCall call, Supplier<WriteSessionResult<D>> write) {
      History.Running running = history.begin(client, node);
      WriteSessionResult<D> result;
      try {
        result = write.get();
      } catch (RuntimeException e) {
        running.unknown(session.toString(), call);
        throw e;
      }
      running.end(session.toString(), call, answer(result));
      return result;
    }

    private SessionAnswer answer(WriteSessionResult<D> result) {
      if (result instanceof WriteSessionResult.IdExists) {
        return SessionAnswer.idExists();
      }
      return result instanceof WriteSessionResult.Conflict
          ? SessionAnswer.conflict()
          : SessionAnswer.done();
    }

    @Override
    public SessionLookup<D> lookUpSession(SessionId id) {
      SessionHandle session = sessions.get(id);
      History.Running running = history.begin(client, node);
      SessionLookup<D> found;
      try {
        found = member.lookUpSession(id);
      } catch (RuntimeException e) {
        read(running, session, id, SessionAnswer.unavailable());
        throw e;
      }
      if (found instanceof SessionLookup.Undecodable) {
        running.forget();
      } else {
        read(
            running,
            session,
            id,
            found instanceof SessionLookup.Live<D> live
                ? SessionAnswer.found(value(live))
                : SessionAnswer.none());
      }
      return found;
    }

    private void read(
        History.Running running,
        @Nullable SessionHandle session,
        SessionId id,
        SessionAnswer answer) {
      if (session == null) {
        running.forget();
      } else {
        running.end(session.toString(), SessionCall.read(id.toString()), answer);
      }
    }

    @Override
    public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
      History.Running running = history.begin(client, node);
      boolean ended;
      try {
        ended = member.endSession(handle, lastKnownId);
      } catch (RuntimeException e) {
        running.unknown(handle.toString(), SessionCall.end());
        throw e;
      }
      running.end(handle.toString(), SessionCall.end(), SessionAnswer.done());
      return ended;
    }

    @Override
    public void clear() {
      throw new UnsupportedOperationException("the end of all sessions cannot be recorded");
    }

    @Override
    public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
      return member.newSession(expiry, data);
    }

    @Override
    public OptionalInt maximumRetriesOnIdCollision() {
      return member.maximumRetriesOnIdCollision();
    }

    @Override
    public Placement placement(@Nullable SessionId predecessor) {
      return member.placement(predecessor);
    }
  }
}
