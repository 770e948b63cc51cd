package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What tests draw can be drawn again. */
final class SeedTest {
  private final int drawnAtConstruction = Seed.random().nextInt();

  @Test
  void random_ofATest_isWhatItWasWhenItsInstanceWasMade(TestInfo test) {
    Seed.begin(
        "[engine:junit-jupiter]/[class:%s]/[method:%s(%s)]"
            .formatted(
                SeedTest.class.getName(),
                test.getTestMethod().orElseThrow().getName(),
                TestInfo.class.getName()));

    assertThat(Seed.random().nextInt()).isEqualTo(drawnAtConstruction);
  }

  @Test
  void random_twiceInOneTest_isNotTheSame() {
    assertThat(Seed.random().nextLong()).isNotEqualTo(Seed.random().nextLong());
  }

  @Test
  void random_ofAnotherTest_isAnother() {
    Seed.begin("one");
    long one = Seed.random().nextLong();
    Seed.begin("another");

    assertThat(Seed.random().nextLong()).isNotEqualTo(one);
  }
}
