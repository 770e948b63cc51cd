package org.typedsession.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCodecException;
import org.typedsession.testing.Logs;
import org.typedsession.testkit.MutableClock;

final class SessionExceptionMapperTest {

  @Test
  void log_manyFailures_isOneLineAMinuteThatCountsThem() {
    MutableClock clock = new MutableClock();
    SessionExceptionMapper mapper = new SessionExceptionMapper(clock);
    SessionCodecException failure = new SessionCodecException("of this type", null);
    try (Logs logs = new Logs()) {
      for (int i = 0; i < 100; i++) {
        mapper.log(failure);
      }
      assertThat(logs.errors()).hasSize(1);
      clock.advance(Duration.ofMinutes(1));
      mapper.log(failure);

      assertThat(logs.errors()).hasSize(2);
      assertThat(logs.errors().get(1)).contains("TSESS0080", "of this type", "1 of 100");
    }
  }
}
