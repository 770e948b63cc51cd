package org.typedsession.servlet.response;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BodyMeterTest {
  private final BodyMeter meter = new BodyMeter();

  @Test
  void add_upToTheBufferSize_warnsWhenItIsFull() {
    assertThat(meter.add(9, 10)).isFalse();
    assertThat(meter.add(1, 10)).isTrue();
  }

  @Test
  void add_upToTheContentLength_warnsWhenItIsReached() {
    assertThat(meter.expect(6)).isFalse();
    assertThat(meter.add(5, 10)).isFalse();
    assertThat(meter.add(1, 10)).isTrue();
  }

  @Test
  void expect_whatIsWrittenAlready_warns() {
    meter.add(6, 10);

    assertThat(meter.expect(6)).isTrue();
  }

  @Test
  void expect_zeroOrNothing_doesNotWarn() {
    assertThat(meter.expect(0)).isFalse();
    assertThat(meter.expect(-1)).isFalse();
  }

  @Test
  void add_withoutABuffer_warnsAtOnce() {
    assertThat(meter.add(1, 0)).isTrue();
  }

  @Test
  void dropBody_afterWriting_countsAnewAgainstTheSameLength() {
    meter.expect(6);
    meter.add(5, 10);
    meter.dropBody();

    assertThat(meter.add(5, 10)).isFalse();
    assertThat(meter.add(1, 10)).isTrue();
  }

  @Test
  void dropAll_afterWriting_forgetsTheLengthToo() {
    meter.expect(6);
    meter.dropAll();

    assertThat(meter.add(6, 10)).isFalse();
  }
}
