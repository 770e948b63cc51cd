package org.typedsession.infinispan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.marshall.WrappedByteArray;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionId;
import org.typedsession.spi.Placement;

/**
 * Which ids land where they are cheapest: a new session's where this node is the primary owner, a
 * successor's in the segment of its predecessor, so that both keys of a remap have the same owners.
 */
final class SegmentPlacement {
  // A cache has 256 segments by default. Of 2,048 one is missing among these nonces once in three
  // thousand times, and then any nonce will do.
  private static final int MAXIMUM_NONCES = 16_384;
  private static final int PROBES = 3;

  private final AdvancedCache<String, String> cache;
  private final Function<SessionId, String> keys;

  SegmentPlacement(AdvancedCache<String, String> cache, Function<SessionId, String> keys) {
    this.cache = cache;
    this.keys = keys;
  }

  Placement placement(@Nullable SessionId predecessor) {
    DistributionManager distribution = cache.getDistributionManager();
    if (distribution == null) {
      return Placement.ANYWHERE;
    }
    LocalizedCacheTopology topology = distribution.getCacheTopology();
    if (predecessor != null) {
      int wanted = topology.getSegment(stored(predecessor));
      return (hash, first) -> search(topology, hash, first, segment -> segment == wanted);
    }
    // A node without capacity owns nothing, and would search in vain.
    if (topology
        .getReadConsistentHash()
        .getPrimarySegmentsForOwner(topology.getLocalAddress())
        .isEmpty()) {
      return Placement.ANYWHERE;
    }
    return (hash, first) ->
        search(
            topology, hash, first, segment -> topology.getSegmentDistribution(segment).isPrimary());
  }

  private int search(LocalizedCacheTopology topology, String hash, int first, IntPredicate wanted) {
    IntUnaryOperator oneByOne =
        nonce -> topology.getSegment(stored(SessionId.of(SessionCookieValue.nonce(nonce), hash)));
    IntUnaryOperator inPlace = inPlace(topology, hash, oneByOne);
    IntUnaryOperator segments = agree(inPlace, oneByOne, first) ? inPlace : oneByOne;
    for (int i = 0; i < MAXIMUM_NONCES; i++) {
      int nonce = (first + i) % SessionCookieValue.NONCES;
      if (wanted.test(segments.applyAsInt(nonce))) {
        return nonce;
      }
    }
    return first;
  }

  // The partitioner of a cache may tell segments by something else than the bytes of a key, or know
  // its keys in one form alone.
  private static boolean agree(IntUnaryOperator one, IntUnaryOperator other, int first) {
    try {
      for (int i = 0; i < PROBES; i++) {
        int nonce = (first + i) % SessionCookieValue.NONCES;
        if (one.applyAsInt(nonce) != other.applyAsInt(nonce)) {
          return false;
        }
      }
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * The segments of the ids of one secret, by one key in which each nonce takes the place of the
   * last: a search tries some hundred.
   *
   * @param otherwise where the cache keeps its keys in another form
   */
  private IntUnaryOperator inPlace(
      LocalizedCacheTopology topology, String hash, IntUnaryOperator otherwise) {
    SessionId id = SessionId.of(SessionCookieValue.nonce(0), hash);
    Object key = stored(id);
    byte[] bytes = bytes(key);
    int at = indexOf(id.stored().getBytes(StandardCharsets.US_ASCII), bytes);
    if (at < 0) {
      return otherwise;
    }
    // A text has the segment of its bytes in UTF-8.
    Object candidate = key instanceof WrappedByteArray ? new WrappedByteArray(bytes) : bytes;
    return nonce -> {
      SessionCookieValue.putNonce(nonce, bytes, at);
      return topology.getSegment(candidate);
    };
  }

  private static byte[] bytes(Object key) {
    if (key instanceof WrappedByteArray wrapped) {
      return wrapped.getBytes().clone();
    }
    return key instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : new byte[0];
  }

  private static int indexOf(byte[] part, byte[] whole) {
    for (int at = whole.length - part.length; at >= 0; at--) {
      if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    return -1;
  }

  private Object stored(SessionId id) {
    return cache.getKeyDataConversion().toStorage(keys.apply(id));
  }
}
