package org.typedsession.memory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.SequentialCookieGenerator;
import org.typedsession.testkit.StringCodec;

/**
 * Searches the interleavings of operations on three ids for a result that no order of the same
 * operations, one after the other, could have given.
 */
final class MemorySessionStoreConnectorLincheckTest {

  @Test
  void operations_chosenInterleavings_areAtomic() {
    check(
        new ModelCheckingOptions()
            .iterations(15)
            .invocationsPerIteration(100)
            // What the platform promises need not be searched again.
            .addGuarantee(
                ManagedStrategyGuaranteeKt.forClasses(
                        name -> name.startsWith(ConcurrentHashMap.class.getName()))
                    .allMethods()
                    .treatAsAtomic()));
  }

  @Test
  void operations_realThreads_areAtomic() {
    check(new StressOptions().iterations(20).invocationsPerIteration(1_000));
  }

  private static void check(Options<?, ?> options) {
    options
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(OneAfterTheOther.class)
        .check(Sessions.class);
  }

  /** The operations; a session is live under id 0 when they begin. */
  @Param(name = "id", gen = IntGen.class, conf = "0:2")
  public static final class Sessions {
    private final AtomicLong handles = new AtomicLong();
    private final SessionStoreConnector<String> connector =
        new MemorySessionStoreConnector<>(
            new StringCodec(),
            new MutableClock(),
            () -> new SessionHandle(0, handles.incrementAndGet()),
            Duration.ofMinutes(15));
    private final SessionLookup.Live<String> first;

    public Sessions() {
      WriteSessionResult<String> result =
          connector.createSession(id(0), SessionExpiry.never(), "first");
      first = ((WriteSessionResult.Written<String>) result).stored();
    }

    private static SessionId id(int number) {
      return IDS[number];
    }

    private static final SessionId[] IDS = {
      SequentialCookieGenerator.id(0),
      SequentialCookieGenerator.id(1),
      SequentialCookieGenerator.id(2)
    };

    @Operation
    public boolean create(@Param(name = "id") int id) {
      return isWritten(connector.createSession(id(id), SessionExpiry.never(), "created"));
    }

    @Operation
    public boolean update(@Param(name = "id") int current, @Param(name = "id") int previous) {
      return isWritten(
          connector.updateSession(id(current), id(previous), SessionExpiry.never(), "updated"));
    }

    @Operation
    public boolean updateFirst(@Param(name = "id") int current) {
      return isWritten(
          connector.remapSession(
              id(current), id(0), first, first.session().withData("moved first")));
    }

    @Operation
    public boolean writeFirst() {
      return isWritten(
          connector.writeSession(id(0), first, first.session().withData("wrote first")));
    }

    @Operation
    public void delete(@Param(name = "id") int id) {
      connector.deleteSession(id(id));
    }

    @Operation
    public void endFirst() {
      connector.endSession(first.session().handle(), id(2));
    }

    @Operation
    public String lookUp(@Param(name = "id") int id) {
      SessionLookup<String> found = connector.lookUpSession(id(id));
      return found instanceof SessionLookup.Live<String> live
          ? live.session().data()
          : found.getClass().getSimpleName();
    }

    private static boolean isWritten(WriteSessionResult<String> result) {
      return result instanceof WriteSessionResult.Written;
    }
  }

  /** What the operations mean, for one caller at a time. */
  public static final class OneAfterTheOther {
    private final Map<Integer, Session> ids = new HashMap<>();
    private final Session first = new Session(0, "first");

    private static final class Session {
      private int current;
      private String data;
      private boolean written;
      private boolean ended;

      private Session(int current, String data) {
        this.current = current;
        this.data = data;
      }

      private boolean isLiveAt(int id) {
        return !ended && current == id;
      }
    }

    public OneAfterTheOther() {
      ids.put(0, first);
    }

    public boolean create(int id) {
      return ids.putIfAbsent(id, new Session(id, "created")) == null;
    }

    public boolean update(int current, int previous) {
      return remap(ids.get(previous), current, previous, "updated");
    }

    public boolean updateFirst(int current) {
      return !first.written && remap(first, current, 0, "moved first");
    }

    private boolean remap(@Nullable Session session, int current, int previous, String data) {
      if (session == null || !session.isLiveAt(previous) || ids.containsKey(current)) {
        return false;
      }
      ids.put(current, session);
      session.current = current;
      session.data = data;
      return true;
    }

    public boolean writeFirst() {
      if (first.written || !first.isLiveAt(0)) {
        return false;
      }
      first.written = true;
      first.data = "wrote first";
      return true;
    }

    public void delete(int id) {
      Session session = ids.get(id);
      if (session != null) {
        session.ended = true;
      }
    }

    public void endFirst() {
      first.ended = true;
    }

    public String lookUp(int id) {
      Session session = ids.get(id);
      if (session == null) {
        return "Unknown";
      }
      if (session.current != id) {
        return "Moved";
      }
      return session.ended ? "Ended" : session.data;
    }
  }
}
