package org.typedsession.it.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RelaysTest {
  private static final int PATIENCE = 10_000;
  // Only for what must not come.
  private static final int IMPATIENCE = 200;

  private ServerSocket one;
  private ServerSocket other;
  private Relays relays;

  @BeforeEach
  void listen() throws IOException {
    one = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"));
    other = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"));
    one.setSoTimeout(PATIENCE);
    other.setSoTimeout(PATIENCE);
    relays = new Relays(Map.of("one", place(one), "other", place(other)));
  }

  @AfterEach
  void close() throws IOException {
    relays.close();
    one.close();
    other.close();
  }

  private static Relays.Place place(ServerSocket server) {
    return new Relays.Place("127.0.0.1", List.of(server.getLocalPort()));
  }

  private Socket call(ServerSocket from, ServerSocket to) throws IOException {
    Socket socket = new Socket(Relays.ADDRESS, to.getLocalPort());
    socket.setSoTimeout(PATIENCE);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeBytes("bela");
    out.writeShort(1);
    out.writeShort(7);
    out.writeByte(4);
    out.write(InetAddress.getByName(Relays.ADDRESS).getAddress());
    out.writeShort(from.getLocalPort());
    return socket;
  }

  private static Socket answer(ServerSocket called) throws IOException {
    Socket socket = called.accept();
    socket.setSoTimeout(PATIENCE);
    assertThat(socket.getInputStream().readNBytes(15)).startsWith('b', 'e', 'l', 'a');
    return socket;
  }

  private static void assertPasses(Socket from, Socket to, int what) throws IOException {
    from.getOutputStream().write(what);
    assertThat(to.getInputStream().read()).isEqualTo(what);
  }

  private static void assertNothingComes(Socket to) throws IOException {
    to.setSoTimeout(IMPATIENCE);
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> to.getInputStream().read());
    to.setSoTimeout(PATIENCE);
  }

  @Test
  void split_holdsBackWhatIsSentUntilItIsHealed() throws IOException {
    try (Socket caller = call(one, other);
        Socket called = answer(other)) {
      assertPasses(caller, called, 1);
      assertPasses(called, caller, 2);

      relays.split(Set.of("one"));
      caller.getOutputStream().write(3);
      called.getOutputStream().write(4);
      assertNothingComes(called);
      assertNothingComes(caller);

      relays.heal();
      assertThat(called.getInputStream().read()).isEqualTo(3);
      assertThat(caller.getInputStream().read()).isEqualTo(4);
    }
  }

  @Test
  void split_holdsBackTheEndOfAConnectionAndNewOnes() throws IOException {
    try (Socket caller = call(one, other);
        Socket called = answer(other)) {
      relays.split(Set.of("other"));
      caller.close();
      assertNothingComes(called);
      try (Socket late = call(other, one)) {
        one.setSoTimeout(IMPATIENCE);
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> one.accept());
        one.setSoTimeout(PATIENCE);

        relays.heal();
        assertThat(called.getInputStream().read()).isEqualTo(-1);
        assertPasses(late, answer(one), 5);
      }
    }
  }

  @Test
  void split_ofBothFromNobody_letsAllPass() throws IOException {
    try (Socket caller = call(one, other);
        Socket called = answer(other)) {
      relays.split(Set.of("one", "other"));
      assertPasses(caller, called, 1);
    }
  }

  @Test
  void split_whileANodeHasNotBeenHeard_isRefused() {
    assertThatIllegalStateException().isThrownBy(() -> relays.split(Set.of("one")));
  }

  @Test
  void relay_whoseNodeIsGone_hangsUp() throws IOException {
    other.close();
    try (Socket caller = call(one, other)) {
      assertThat(caller.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void relay_calledByAStranger_hangsUp() throws IOException {
    try (Socket stranger = new Socket(Relays.ADDRESS, other.getLocalPort())) {
      stranger.setSoTimeout(PATIENCE);
      stranger.getOutputStream().write(new byte[15]);
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
  }
}
