package org.typedsession.it.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.typedsession.it.client.load.Timeline.Bucket;
import org.typedsession.it.client.load.Timeline.Fault;
import org.typedsession.it.client.load.Timeline.Impact;
import org.typedsession.it.client.load.Timeline.Sample;

final class TimelineTest {
  private final Timeline timeline = new Timeline();

  private void add(String user, long begin, long end, Outcome outcome) {
    add(user, "node-1", begin, end, outcome);
  }

  private void add(String user, String node, long begin, long end, Outcome outcome) {
    timeline.add(new Sample(user, node, Duration.ofMillis(begin), Duration.ofMillis(end), outcome));
  }

  private void fault(long at) {
    timeline.add(new Fault(Duration.ofMillis(at), "fault at " + at));
  }

  private Impact impact() {
    assertThat(timeline.impacts()).hasSize(1);
    return timeline.impacts().get(0);
  }

  @Test
  void impact_ofAFaultThatNobodyNotices_isNothing() {
    add("a", 0, 10, Outcome.SERVED);
    fault(15);
    add("a", 20, 30, Outcome.CONFLICT);
    add("a", 40, 50, Outcome.LOST);
    Impact impact = impact();
    assertThat(impact.users()).isEqualTo(1);
    assertThat(impact.affected()).isZero();
    assertThat(impact.worst()).isZero();
    assertThat(impact.median()).isZero();
    assertThat(impact.lastRefusal()).isZero();
  }

  @Test
  void outage_ofOneUser_goesFromTheFirstRefusedRequestToTheNextAnswer() {
    add("a", 0, 10, Outcome.SERVED);
    fault(15);
    add("a", 20, 30, Outcome.UNAVAILABLE);
    add("a", 40, 140, Outcome.NO_ANSWER);
    add("a", 150, 170, Outcome.SERVED);
    add("a", 180, 190, Outcome.SERVED);
    Impact impact = impact();
    assertThat(impact.worst()).isEqualTo(Duration.ofMillis(150));
    assertThat(impact.refusals()).isEqualTo(2);
    assertThat(impact.unrecovered()).isZero();
    assertThat(impact.lastRefusal()).isEqualTo(Duration.ofMillis(155));
  }

  @Test
  void outage_ofARequestThatWasUnderWay_beginsWithTheFault() {
    add("a", 0, 300, Outcome.NO_ANSWER);
    fault(100);
    add("a", 300, 310, Outcome.SERVED);
    assertThat(impact().worst()).isEqualTo(Duration.ofMillis(210));
  }

  @Test
  void outage_thatWasNoticedBeforeTheFault_isNotItsWork() {
    add("a", 0, 50, Outcome.UNAVAILABLE);
    fault(100);
    add("a", 110, 120, Outcome.UNAVAILABLE);
    add("a", 130, 140, Outcome.SERVED);
    assertThat(impact().affected()).isZero();
  }

  @Test
  void outage_ofAUserThatIsNotServedAnyMore_isOpen() {
    fault(0);
    add("a", 10, 20, Outcome.UNAVAILABLE);
    add("a", 30, 40, Outcome.ERROR);
    add("b", 30, 90, Outcome.SERVED);
    Impact impact = impact();
    assertThat(impact.users()).isEqualTo(2);
    assertThat(impact.affected()).isEqualTo(1);
    assertThat(impact.unrecovered()).isEqualTo(1);
    assertThat(impact.worst()).isEqualTo(Duration.ofMillis(30));
  }

  @Test
  void outages_ofOneUser_countByTheLongest() {
    fault(0);
    add("a", 0, 10, Outcome.UNAVAILABLE);
    add("a", 10, 20, Outcome.SERVED);
    add("a", 100, 110, Outcome.NOT_THERE);
    add("a", 150, 190, Outcome.SERVED);
    add("a", 200, 210, Outcome.UNAVAILABLE);
    add("a", 210, 220, Outcome.SERVED);
    Impact impact = impact();
    assertThat(impact.affected()).isEqualTo(1);
    assertThat(impact.refusals()).isEqualTo(3);
    assertThat(impact.worst()).isEqualTo(Duration.ofMillis(90));
    assertThat(impact.lastRefusal()).isEqualTo(Duration.ofMillis(220));
  }

  @Test
  void outages_ofSeveralUsers_haveAMedian() {
    fault(0);
    for (int user = 1; user <= 4; user++) {
      add("user " + user, 0, 1, Outcome.UNAVAILABLE);
      add("user " + user, 5, user * 100L, Outcome.SERVED);
    }
    Impact impact = impact();
    assertThat(impact.median()).isEqualTo(Duration.ofMillis(250));
    assertThat(impact.worst()).isEqualTo(Duration.ofMillis(400));
  }

  @Test
  void outages_ofTwoFaults_belongToTheLastOneBefore() {
    fault(0);
    fault(100);
    add("a", 10, 20, Outcome.UNAVAILABLE);
    add("a", 20, 150, Outcome.SERVED);
    add("a", 160, 170, Outcome.UNAVAILABLE);
    add("a", 170, 180, Outcome.SERVED);
    assertThat(timeline.impacts())
        .extracting(Impact::worst)
        .containsExactly(Duration.ofMillis(140), Duration.ofMillis(20));
  }

  @Test
  void median_ofDurations_isTheMiddleOrBetweenTheTwoMiddles() {
    Duration one = Duration.ofMillis(1);
    assertThat(Timeline.median(List.of())).isZero();
    assertThat(Timeline.median(List.of(one))).isEqualTo(one);
    assertThat(Timeline.median(List.of(one, one.multipliedBy(3), one.multipliedBy(50))))
        .isEqualTo(one.multipliedBy(3));
    assertThat(Timeline.median(List.of(one, one.multipliedBy(3)))).isEqualTo(one.multipliedBy(2));
  }

  @Test
  void buckets_ofAnswers_goByTheirEndAndHaveNoGaps() {
    add("a", "n1", 0, 99, Outcome.SERVED);
    add("a", "n2", 0, 100, Outcome.SERVED);
    add("b", "n1", 0, 120, Outcome.UNAVAILABLE);
    add("b", "n1", 0, 130, Outcome.UNAVAILABLE);
    add("a", "n1", 0, 399, Outcome.CONFLICT);
    List<Bucket> buckets = timeline.buckets(Duration.ofMillis(100));
    assertThat(buckets)
        .extracting(Bucket::start)
        .containsExactly(
            Duration.ZERO, Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(300));
    assertThat(buckets.get(1).answers())
        .isEqualTo(Map.of("n1", Map.of(Outcome.UNAVAILABLE, 2), "n2", Map.of(Outcome.SERVED, 1)));
    assertThat(buckets.get(1).count(Outcome.UNAVAILABLE)).isEqualTo(2);
    assertThat(buckets.get(1).count("n1")).isEqualTo(2);
    assertThat(buckets.get(2).answers()).isEmpty();
    assertThat(buckets.get(3).count(Outcome.CONFLICT)).isEqualTo(1);
  }

  @Test
  void throughput_ofAnswers_leavesOutRefusals() {
    add("a", 1_000, 2_000, Outcome.SERVED);
    add("a", 2_000, 3_000, Outcome.CONFLICT);
    add("a", 3_000, 5_000, Outcome.UNAVAILABLE);
    assertThat(timeline.length()).isEqualTo(Duration.ofSeconds(4));
    assertThat(timeline.throughput()).isEqualTo(0.5, within(1e-9));
    assertThat(timeline.count(Outcome.SERVED)).isEqualTo(1);
    assertThat(timeline.count(Outcome.ERROR)).isZero();
  }

  @Test
  void count_ofOneNode_leavesOutTheOthers() {
    add("a", "n1", 0, 10, Outcome.SERVED);
    add("b", "n1", 0, 20, Outcome.SERVED);
    add("a", "n2", 10, 20, Outcome.SERVED);
    add("a", "n2", 20, 30, Outcome.UNAVAILABLE);
    assertThat(timeline.count("n1", Outcome.SERVED)).isEqualTo(2);
    assertThat(timeline.count("n2", Outcome.UNAVAILABLE)).isEqualTo(1);
    assertThat(timeline.count("n1", Outcome.UNAVAILABLE)).isZero();
    assertThat(timeline.count("n3", Outcome.SERVED)).isZero();
  }

  @Test
  void timeline_withoutAnswers_isEmpty() {
    fault(5);
    assertThat(timeline.buckets(Duration.ofMillis(100))).isEmpty();
    assertThat(timeline.throughput()).isZero();
    assertThat(impact().affected()).isZero();
  }
}
