package org.typedsession.infinispan.container;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A DNS server of 127.0.0.1 that has the A records that it is given, and none of any other name.
 * The library's stacks ask it while it is open.
 */
final class ClusterNames implements AutoCloseable {
  private static final String PROPERTY = "typedsession.dns-address";
  private static final int QUERY = 12;
  private static final int AFTER_NAME = 5;
  private static final int RECORD = 1;
  private static final int INTERNET = 1;
  private static final int ANSWER = 0x8580;
  private static final int NAME_OF_THE_QUESTION = 0xC000 | QUERY;
  private static final int LONGEST = 512;

  private final Map<String, List<String>> records = new ConcurrentHashMap<>();
  private final DatagramSocket socket;
  private final Thread thread = new Thread(this::serve, "dns");

  ClusterNames() throws SocketException {
    socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
    thread.start();
    System.setProperty(PROPERTY, "127.0.0.1:" + socket.getLocalPort());
  }

  void set(String name, List<String> addresses) {
    records.put(name, List.copyOf(addresses));
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
    while (!socket.isClosed()) {
      try {
        packet.setLength(LONGEST);
        socket.receive(packet);
        byte[] answer = answer(packet.getData());
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (SocketException e) {
        // Closed.
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  // RFC 1035, section 4.1.
  private byte[] answer(byte[] asked) throws IOException {
    ByteBuffer question = ByteBuffer.wrap(asked);
    List<String> labels = new ArrayList<>();
    int at = QUERY;
    while (question.get(at) != 0) {
      byte[] label = new byte[question.get(at)];
      question.get(at + 1, label);
      labels.add(new String(label, StandardCharsets.US_ASCII));
      at += 1 + label.length;
    }
    boolean ofAddresses = question.getShort(at + 1) == RECORD;
    List<String> known = records.get(String.join(".", labels));
    List<String> addresses = known == null || !ofAddresses ? List.of() : known;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(question.getShort(0));
    // Not NXDOMAIN: JGroups 5.5.2 then fails at its own log line, if it was given a DNS server.
    out.writeShort(ANSWER);
    out.writeShort(1);
    out.writeShort(addresses.size());
    out.writeInt(0);
    out.write(asked, QUERY, at + AFTER_NAME - QUERY);
    for (String address : addresses) {
      out.writeShort(NAME_OF_THE_QUESTION);
      out.writeShort(RECORD);
      out.writeShort(INTERNET);
      out.writeInt(0);
      byte[] numbers = InetAddress.getByName(address).getAddress();
      out.writeShort(numbers.length);
      out.write(numbers);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() throws InterruptedException {
    System.clearProperty(PROPERTY);
    socket.close();
    thread.join();
  }
}
