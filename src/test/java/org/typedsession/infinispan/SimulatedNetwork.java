package org.typedsession.infinispan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.UnicastHeader3;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.typedsession.testkit.Seed;

/**
 * The links between the nodes of a {@link SimulatedCluster}: each can be cut, and a node can be
 * made to fall silent in the middle of what it is sending.
 */
public final class SimulatedNetwork {
  private static final int EVERY = 0;
  private static final short UNICAST = ClassConfigurator.getProtocolId(UNICAST3.class);

  private record Link(Address from, Address to) {}

  private final Set<Link> cutLinks = ConcurrentHashMap.newKeySet();
  private final Map<Address, Integer> parts = new ConcurrentHashMap<>();
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final List<Hold> holds = new CopyOnWriteArrayList<>();

  /** Cuts the messages of one direction, without anybody being told. */
  public void cut(Address from, Address to) {
    cutLinks.add(new Link(from, to));
  }

  /** From now on only nodes with the same number reach each other. */
  public void split(Map<Address, Integer> partOfNode) {
    parts.putAll(partOfNode);
  }

  /**
   * Waits for what carries {@code text} from one node to another.
   *
   * @param first done once, by whoever sends, before the first such message leaves
   */
  public Watch watch(Address from, Address to, String text, Runnable first) {
    Watch watch = new Watch(new Pattern(new Link(from, to), text), first);
    watches.add(watch);
    return watch;
  }

  /**
   * Keeps what carries {@code text} from arriving, and nothing else of that link, until it is
   * released. Then it arrives, since the sender sends again what was not confirmed.
   */
  public Hold hold(Address from, Address to, String text) {
    return hold(new Hold(new Pattern(new Link(from, to), text), EVERY));
  }

  /**
   * Keeps one message from arriving until it is released: of those from one node to another that
   * carry {@code text}, and come from now on, the one of this number. All others arrive.
   *
   * @param text may be empty, for every request and reply of the cache
   * @param number counts from 1
   */
  public Hold holdOne(Address from, Address to, String text, int number) {
    return hold(new Hold(new Pattern(new Link(from, to), text), number));
  }

  /** No message is compared with this any more. */
  public void forget(Hold hold) {
    hold.release();
    holds.remove(hold);
  }

  private Hold hold(Hold hold) {
    holds.add(hold);
    return hold;
  }

  /** Messages from one node to another that are late. */
  public static final class Hold {
    private final Pattern pattern;
    private final int number;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger arrived = new AtomicInteger();
    // In the order in which they came for the first time.
    private final Set<Long> seen = new LinkedHashSet<>();
    private volatile boolean released;

    private Hold(Pattern pattern, int number) {
      this.pattern = pattern;
      this.number = number;
    }

    /** How many messages have come, repeated ones once, and those that were held as well. */
    public synchronized int seen() {
      return seen.size();
    }

    /** How often one was kept from arriving; the sender repeats it. */
    public int held() {
      return held.get();
    }

    /** How many have arrived since they were released. */
    public int arrived() {
      return arrived.get();
    }

    public void release() {
      released = true;
    }

    private boolean holds(Message message, Address receiver) {
      if (!pattern.fits(message, receiver) || !isMeant(message)) {
        return false;
      }
      (released ? arrived : held).incrementAndGet();
      return !released;
    }

    private synchronized boolean isMeant(Message message) {
      UnicastHeader3 header = message.getHeader(UNICAST);
      boolean counts = header != null && header.type() == UnicastHeader3.DATA;
      if (counts) {
        seen.add(header.seqno());
      }
      if (number == EVERY) {
        // Also what is for all members at once, as on a replicated cache.
        return true;
      }
      return counts && seen.stream().toList().indexOf(header.seqno()) == number - 1;
    }
  }

  /** Which messages are meant: those of a link that carry a text. */
  private static final class Pattern {
    private final Link link;
    private final byte[] text;

    Pattern(Link link, String text) {
      this.link = link;
      this.text = text.getBytes(StandardCharsets.US_ASCII);
    }

    boolean fits(Message message, Address receiver) {
      return link.equals(new Link(message.getSrc(), receiver)) && isIn(message);
    }

    private boolean isIn(Message message) {
      if (text.length == 0) {
        return Wire.counts(message);
      }
      if (!message.hasArray()) {
        return false;
      }
      byte[] content = message.getArray();
      int begin = message.getOffset();
      int last = begin + message.getLength() - text.length;
      return IntStream.rangeClosed(begin, last)
          .anyMatch(at -> Arrays.equals(content, at, at + text.length, text, 0, text.length));
    }
  }

  /** The numbers of the messages that one node has sent another. */
  private static final class Numbers {
    private final Set<Long> skipped = new HashSet<>();
    private short connection = -1;
    private long last;

    /** Whether this one was here before; several threads may send at once, and not in order. */
    synchronized boolean isOld(short ofConnection, long number) {
      if (ofConnection != connection) {
        connection = ofConnection;
        last = 0;
        skipped.clear();
      }
      while (last < number - 1) {
        skipped.add(++last);
      }
      if (last == number - 1) {
        last = number;
        return false;
      }
      return !skipped.remove(number);
    }
  }

  /** Messages from one node to another that carry a text. */
  public static final class Watch {
    private final Pattern pattern;
    private final Runnable first;
    private final AtomicInteger seen = new AtomicInteger();

    private Watch(Pattern pattern, Runnable first) {
      this.pattern = pattern;
      this.first = first;
    }

    /** How many have left, repeated ones included. */
    public int seen() {
      return seen.get();
    }

    private void look(Message message) {
      if (pattern.fits(message, message.getDest()) && seen.getAndIncrement() == 0) {
        first.run();
      }
    }
  }

  /** All links work again. */
  public void heal() {
    cutLinks.clear();
    parts.clear();
  }

  private boolean carries(Address from, Address to) {
    return parts.getOrDefault(from, 0).equals(parts.getOrDefault(to, 0))
        && !cutLinks.contains(new Link(from, to));
  }

  /** The wire of one node: a protocol right above the transport. */
  public final class Wire extends Protocol {
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final AtomicInteger budget = new AtomicInteger(UNLIMITED);
    private final LongAdder sent = new LongAdder();
    private final Random losses = Seed.random();
    private final LongAdder sentBytes = new LongAdder();
    private final Map<Address, Numbers> numbers = new ConcurrentHashMap<>();
    private volatile boolean lossy;
    private volatile boolean dead;

    /** The node sends {@code messages} more that carry something, and is dead then. */
    public void dieAfter(int messages) {
      budget.set(messages);
    }

    /** From now on half of what the node sends is lost. */
    public void loseHalf() {
      lossy = true;
    }

    public void die() {
      dead = true;
    }

    public boolean isDead() {
      return dead;
    }

    /** How many requests and replies of the cache the node has sent, repeated ones once. */
    public long sent() {
      return sent.sum();
    }

    /** How many bytes these have, as the transport gets them the first time. */
    public long sentBytes() {
      return sentBytes.sum();
    }

    @Override
    public Object down(Message message) {
      boolean counts = counts(message);
      if (dead || (counts && isLost())) {
        return null;
      }
      boolean repeated = isRepeated(message);
      if (counts) {
        if (!repeated) {
          sent.increment();
          sentBytes.add(message.size());
        }
        watches.forEach(watch -> watch.look(message));
      }
      return down_prot.down(message);
    }

    // On a busy machine JGroups repeats what was not confirmed in time.
    private boolean isRepeated(Message message) {
      UnicastHeader3 header = message.getHeader(UNICAST);
      return header != null
          && header.type() == UnicastHeader3.DATA
          && numbers
              .computeIfAbsent(message.getDest(), any -> new Numbers())
              .isOld(header.connId(), header.seqno());
    }

    private boolean isLost() {
      if (lossy && losses.nextBoolean()) {
        return true;
      }
      if (budget.get() != UNLIMITED && budget.getAndDecrement() <= 0) {
        dead = true;
        return true;
      }
      return false;
    }

    // Requests and replies of the cache; not the heartbeats and acknowledgements of JGroups.
    private static boolean counts(Message message) {
      return message.getDest() != null
          && message.getLength() > 0
          && !message.isFlagSet(Message.Flag.NO_RELIABILITY);
    }

    @Override
    public Object up(Message message) {
      return isRefused(message) ? null : up_prot.up(message);
    }

    @Override
    public void up(MessageBatch batch) {
      batch.removeIf(this::isRefused, true);
      if (!batch.isEmpty()) {
        up_prot.up(batch);
      }
    }

    private boolean isRefused(Message message) {
      Address from = message.getSrc();
      return dead
          || (from != null
              && local_addr != null
              && (!carries(from, local_addr)
                  || holds.stream().anyMatch(hold -> hold.holds(message, local_addr))));
    }
  }
}
