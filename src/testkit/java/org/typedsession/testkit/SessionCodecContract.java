package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;

/** What every {@link SessionCodec} must do, whatever its format. */
@ExtendWith(SeedExtension.class)
public abstract class SessionCodecContract<D> {

  private static final int FUZZ_ROUNDS = 10_000;

  /** The type that the codec is for. */
  protected abstract Class<? super D> type();

  /** A codec, new or shared. */
  protected abstract SessionCodec<D> codec();

  /** Values that differ from each other and cover the type: each subtype, absent and present. */
  protected abstract List<D> samples();

  @Test
  void id_always_isStableAndWellFormed() {
    assertThat(codec().id()).matches("[a-z0-9-]{1,16}").isEqualTo(codec().id());
  }

  @Test
  void decode_whatEncodeWrote_isEqual() {
    for (D sample : samples()) {
      assertThat(codec().decode(codec().encode(sample))).isEqualTo(sample);
    }
  }

  @Test
  void encode_whatDecodeRead_decodesEqualAgain() {
    for (D sample : samples()) {
      D once = codec().decode(codec().encode(sample));
      assertThat(codec().decode(codec().encode(once))).isEqualTo(sample);
    }
  }

  @Test
  void encode_whatWasDecodedFromTheSameBytes_isTheSameEachTime() {
    for (D sample : samples()) {
      byte[] bytes = codec().encode(sample);
      assertThat(codec().encode(codec().decode(bytes)))
          .isEqualTo(codec().encode(codec().decode(bytes)));
    }
  }

  @Test
  void encode_returnedArrayChanged_nextOneIsUntouched() {
    SessionCodec<D> codec = codec();
    D sample = samples().get(0);
    Arrays.fill(codec.encode(sample), (byte) 0);
    assertThat(codec.decode(codec.encode(sample))).isEqualTo(sample);
  }

  @Test
  void decode_sameArrayTwice_readsEqualAndLeavesItUntouched() {
    SessionCodec<D> codec = codec();
    for (D sample : samples()) {
      byte[] bytes = codec.encode(sample);
      byte[] before = bytes.clone();
      assertThat(codec.decode(bytes)).isEqualTo(sample);
      assertThat(codec.decode(bytes)).isEqualTo(sample);
      assertThat(bytes).isEqualTo(before);
    }
  }

  @Test
  void decode_arrayChangedAfterwards_dataIsUntouched() {
    for (D sample : samples()) {
      byte[] bytes = codec().encode(sample);
      D decoded = codec().decode(bytes);
      Arrays.fill(bytes, (byte) 0);
      assertThat(decoded).isEqualTo(sample);
    }
  }

  @Test
  void decode_noBytes_isCodecException() {
    assertThatThrownBy(() -> codec().decode(new byte[0])).isInstanceOf(SessionCodecException.class);
  }

  @Test
  void decode_javaSerialization_isCodecException() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(List.of("a")));
    }
    assertThatThrownBy(() -> codec().decode(bytes.toByteArray()))
        .isInstanceOf(SessionCodecException.class);
  }

  @Test
  void decode_cutAnywhere_isDataOrCodecException() {
    for (D sample : samples()) {
      byte[] bytes = codec().encode(sample);
      for (int length = 0; length < bytes.length; length++) {
        assertAnswers(codec(), Arrays.copyOf(bytes, length));
      }
    }
  }

  @Test
  void decode_randomBytes_isDataOrCodecException() {
    SessionCodec<D> codec = codec();
    Random random = new Random(20_240_601);
    for (int round = 0; round < FUZZ_ROUNDS; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      assertAnswers(codec, bytes);
    }
  }

  @Test
  void decode_mutatedBytes_isDataOrCodecException() {
    SessionCodec<D> codec = codec();
    Random random = new Random(20_240_602);
    List<byte[]> originals = samples().stream().map(codec::encode).toList();
    for (int round = 0; round < FUZZ_ROUNDS; round++) {
      byte[] bytes = originals.get(random.nextInt(originals.size()));
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes = mutate(bytes, originals, random);
      }
      assertAnswers(codec, bytes);
    }
  }

  @Test
  void encodeAndDecode_byManyThreadsAtOnce_areEqual() throws Exception {
    SessionCodec<D> codec = codec();
    List<D> samples = samples();
    int threads = 8;
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int offset = thread;
        Callable<?> work =
            () -> {
              start.await();
              for (int round = 0; round < 500; round++) {
                D sample = samples.get((round + offset) % samples.size());
                assertThat(codec.decode(codec.encode(sample))).isEqualTo(sample);
              }
              return null;
            };
        results.add(executor.submit(work));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static byte[] mutate(byte[] bytes, List<byte[]> originals, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    byte[] changed = bytes.clone();
    int at = random.nextInt(changed.length);
    switch (random.nextInt(6)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) random.nextInt();
      case 2 -> changed = Arrays.copyOf(changed, at);
      case 3 -> changed = Arrays.copyOf(changed, changed.length + 1 + random.nextInt(8));
      case 4 -> { // a piece out of the middle
        int length = random.nextInt(changed.length - at);
        System.arraycopy(bytes, at + length, changed, at, bytes.length - at - length);
        changed = Arrays.copyOf(changed, bytes.length - length);
      }
      default -> { // the beginning of one, the end of another
        byte[] other = originals.get(random.nextInt(originals.size()));
        for (int i = at; i < Math.min(changed.length, other.length); i++) {
          changed[i] = other[i];
        }
      }
    }
    return changed;
  }

  private void assertAnswers(SessionCodec<D> codec, byte[] bytes) {
    D data;
    try {
      data = codec.decode(bytes);
    } catch (SessionCodecException expected) {
      // The other right answer; anything else fails the test.
      return;
    }
    assertThat(data).isInstanceOf(type());
  }
}
