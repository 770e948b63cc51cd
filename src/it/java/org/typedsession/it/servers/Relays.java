package org.typedsession.it.servers;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The network between the nodes of a cluster, which can be cut without the rights of an
 * administrator: for each port that a node listens on there is a relay with the same port on
 * another address of this machine. The nodes are told to name that address to each other (the
 * {@code external_addr} of JGroups), so that all that they say to each other passes here.
 *
 * <p>A cut is silent, as that of a cable: connections stay open, and nothing passes, not even their
 * end. What was sent meanwhile arrives when it is healed, as TCP would send it again.
 */
final class Relays implements AutoCloseable {
  /**
   * Where the relays listen. Linux answers to all of 127.0.0.0/8; other systems may need it set.
   */
  static final String ADDRESS = "127.0.0.2";

  // What JGroups sends first, so that the other knows whom it can call back: "bela", a version, the
  // length of an address, and an address: its length, four bytes, the port.
  private static final byte[] GREETING = {'b', 'e', 'l', 'a'};
  private static final int GREETING_LENGTH = 4 + 2 + 2 + (1 + 4 + 2);

  private final Map<Integer, String> nodes = new HashMap<>();
  private final Map<String, InetAddress> addresses = new HashMap<>();
  private final List<ServerSocket> servers = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<String> heard = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "relay");
            thread.setDaemon(true);
            return thread;
          });
  private Set<String> apart = Set.of();

  /**
   * Where a node listens.
   *
   * @param address one of its own: TCPPING also looks for the others at a node's own address, and
   *     would find them there past the relays
   * @param ports unlike those of all others
   */
  record Place(String address, List<Integer> ports) {}

  /**
   * Begins to listen.
   *
   * @param places of each node, by its name
   */
  Relays(Map<String, Place> places) {
    try {
      for (Map.Entry<String, Place> node : places.entrySet()) {
        addresses.put(node.getKey(), InetAddress.getByName(node.getValue().address()));
        for (int port : node.getValue().ports()) {
          nodes.put(port, node.getKey());
          ServerSocket server = new ServerSocket();
          servers.add(server);
          server.setReuseAddress(true);
          server.bind(new InetSocketAddress(ADDRESS, port));
          threads.execute(() -> accept(server, port));
        }
      }
    } catch (UnknownHostException e) {
      throw new AssertionError("an address without a name is looked up", e);
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(
          "the relays cannot listen on " + ADDRESS + ", an address of the loopback interface", e);
    }
  }

  /**
   * Cuts some nodes off from the others.
   *
   * @throws IllegalStateException if it would not: a node talks past the relays
   */
  synchronized void split(Set<String> names) {
    if (!heard.containsAll(nodes.values())) {
      throw new IllegalStateException("only %s talk through the relays".formatted(heard));
    }
    apart = Set.copyOf(names);
  }

  /** Connects all with all again. */
  synchronized void heal() {
    apart = Set.of();
    notifyAll();
  }

  private synchronized void awaitPassage(String one, String other) throws IOException {
    try {
      while (apart.contains(one) != apart.contains(other)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private void accept(ServerSocket server, int port) {
    try {
      while (true) {
        Socket caller = server.accept();
        sockets.add(caller);
        threads.execute(() -> relay(caller, port));
      }
    } catch (IOException e) {
      // Closed: there is nothing else that ends it.
    }
  }

  private void relay(Socket caller, int port) {
    Socket called = new Socket();
    sockets.add(called);
    try {
      byte[] greeting = caller.getInputStream().readNBytes(GREETING_LENGTH);
      String from = caller(greeting);
      String to = nodes.get(port);
      heard.add(from);
      heard.add(to);
      awaitPassage(from, to);
      called.connect(new InetSocketAddress(addresses.get(to), port));
      called.setTcpNoDelay(true);
      caller.setTcpNoDelay(true);
      called.getOutputStream().write(greeting);
      threads.execute(() -> pass(called, caller, to, from));
      pass(caller, called, from, to);
    } catch (IOException e) {
      // A node that is not there hangs up, which the caller is told in the only way that is left.
      close(caller, called);
    }
  }

  private String caller(byte[] greeting) throws IOException {
    if (greeting.length < GREETING_LENGTH) {
      throw new EOFException("hung up without a greeting");
    }
    ByteBuffer buffer = ByteBuffer.wrap(greeting);
    byte[] magic = new byte[GREETING.length];
    buffer.get(magic);
    String node = nodes.get(Short.toUnsignedInt(buffer.getShort(GREETING_LENGTH - 2)));
    if (!Arrays.equals(magic, GREETING) || node == null) {
      throw new IOException("not a greeting of a node");
    }
    return node;
  }

  private void pass(Socket source, Socket target, String from, String to) {
    byte[] bytes = new byte[64 * 1024];
    try {
      InputStream in = source.getInputStream();
      OutputStream out = target.getOutputStream();
      int count = in.read(bytes);
      while (count >= 0) {
        awaitPassage(from, to);
        out.write(bytes, 0, count);
        count = in.read(bytes);
      }
      awaitPassage(from, to);
    } catch (IOException e) {
      passEnd(from, to);
    } finally {
      close(source, target);
    }
  }

  // The end of a connection is news too.
  private void passEnd(String from, String to) {
    try {
      awaitPassage(from, to);
    } catch (IOException e) {
      // All relays end.
    }
  }

  private void close(Socket... ended) {
    for (Socket socket : ended) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    for (ServerSocket server : servers) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    threads.shutdownNow();
    close(sockets.toArray(Socket[]::new));
  }
}
