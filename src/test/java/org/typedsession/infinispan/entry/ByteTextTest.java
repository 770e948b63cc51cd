package org.typedsession.infinispan.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ByteTextTest {
  @Test
  void of_everyByte_isOneCharacterAndComesBack() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }

    assertThat(ByteText.of(all)).hasSize(256);
    assertThat(ByteText.bytes(ByteText.of(all))).isEqualTo(all);
  }

  @Property(tries = 500, seed = "1")
  void of_anyBytes_areEqualExactlyWhereTheTextsAre(@ForAll byte[] one, @ForAll byte[] other) {
    assertThat(ByteText.bytes(ByteText.of(one))).isEqualTo(one);
    assertThat(ByteText.of(one))
        .isEqualTo(ByteText.of(one.clone()))
        .hasSameHashCodeAs(ByteText.of(one.clone()));
    assertThat(ByteText.of(one).equals(ByteText.of(other))).isEqualTo(Arrays.equals(one, other));
  }
}
