package org.typedsession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Some ports in a row, at which members of a cluster may listen and no other run of these tests on
 * this machine does: where it listens at one of them, the next ones are taken.
 */
public final class Ports implements AutoCloseable {
  private static final int FIRST = 17_800;
  // The failure detection of JGroups listens a hundred further on.
  private static final int END = 17_900;
  private static final int MOST = 4;

  private final int first;
  // At the port after them, as long as they are reserved.
  private final ServerSocket mark;

  private Ports(int first, ServerSocket mark) {
    this.first = first;
    this.mark = mark;
  }

  /** Up to four ports. */
  public static Ports reserved() {
    for (int first = FIRST; first < END; first += MOST + 1) {
      List<ServerSocket> taken = new ArrayList<>();
      try {
        ServerSocket mark = listening(first + MOST);
        try {
          for (int port = first; port < first + MOST; port++) {
            taken.add(listening(port));
          }
        } catch (IOException e) {
          mark.close();
          throw e;
        }
        return new Ports(first, mark);
      } catch (IOException e) {
        // Somebody listens there.
      } finally {
        taken.forEach(Ports::close);
      }
    }
    throw new IllegalStateException("no ports from %d to %d are free".formatted(FIRST, END));
  }

  private static ServerSocket listening(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
  }

  /** The first of them. */
  public int first() {
    return first;
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    close(mark);
  }
}
