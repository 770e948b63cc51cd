package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.typedsession.log.RateLimitedLog;
import org.typedsession.testing.Logs;
import org.typedsession.testkit.MutableClock;

final class RequestLogTest {
  private final MutableClock clock = new MutableClock();
  private final RequestLog log = new RequestLog(clock);
  private final RuntimeException failure = new IllegalStateException("broken");

  private void everything() {
    log.cookieTooLate();
    log.savedCookieLost();
    log.answering500(failure);
    log.answeredBefore(failure);
    log.endingFailed(failure);
    log.logoutFailed(failure);
    log.insecureCookie("session");
  }

  @Test
  void log_everyKindAgainAndAgain_isOneLineEachPerMinute() {
    try (Logs logs = new Logs()) {
      for (int i = 0; i < 10; i++) {
        everything();
      }

      assertThat(logs.all())
          .extracting(text -> text.substring(0, 9))
          .containsExactly(
              "TSESS0070",
              "TSESS0071",
              "TSESS0080",
              "TSESS0073",
              "TSESS0079",
              "TSESS0151",
              "TSESS0155");
      assertThat(logs.all()).noneMatch(text -> text.contains("since the last"));
      assertThat(logs.failures()).hasSize(4).containsOnly(failure);

      clock.advance(RateLimitedLog.INTERVAL);
      everything();

      assertThat(logs.all()).hasSize(14);
      assertThat(logs.all().subList(7, 14)).allMatch(text -> text.contains("1 of 10 since"));
    }
  }

  @Test
  void cacheableCookie_howeverOften_isToldOnce() {
    try (Logs logs = new Logs()) {
      log.cacheableCookie("Cache-Control: public");
      clock.advance(RateLimitedLog.INTERVAL.multipliedBy(100));
      log.cacheableCookie("Cache-Control: max-age=5");

      assertThat(logs.warnings()).hasSize(1);
      assertThat(logs.warnings().get(0)).startsWith("TSESS0150").contains("Cache-Control: public");
    }
  }

  @Test
  void log_byTheClockOfTheProcess_isLimitedToo() {
    RequestLog real = new RequestLog();
    try (Logs logs = new Logs()) {
      real.endingFailed(failure);
      real.endingFailed(failure);

      assertThat(logs.warnings()).hasSize(1);
    }
  }
}
