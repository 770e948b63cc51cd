package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.infinispan.distribution.ch.impl.DefaultConsistentHash;
import org.infinispan.remoting.transport.Address;
import org.junit.jupiter.api.Test;

/** When a cache may leave the degraded mode: the members are A, B and so on. */
final class DegradedEndTest {
  private static final List<Address> NODES = Stream.generate(Address::random).limit(4).toList();
  private static final Address A = NODES.get(0);
  private static final Address B = NODES.get(1);
  private static final Address C = NODES.get(2);

  // Every segment has two owners next to each other, and the last one the first as well.
  private static DefaultConsistentHash members(int count) {
    List<Address>[] owners = owners(count);
    return DefaultConsistentHash.create(2, owners.length, NODES.subList(0, count), null, owners);
  }

  @SuppressWarnings("unchecked") // An array of lists cannot be made otherwise.
  private static List<Address>[] owners(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> List.of(NODES.get(i), NODES.get((i + 1) % count)))
        .toArray(List[]::new);
  }

  private static boolean isOver(
      int members, Set<Address> survivors, Address self, int present, int clusterSize) {
    return DegradedEnd.isOver(members(members), survivors, self, present, clusterSize);
  }

  @Test
  void isOver_oneOfTwoSurvived_onceTheOtherNodeIsThere() {
    assertThat(isOver(2, Set.of(A), A, 1, 2)).isFalse();
    assertThat(isOver(2, Set.of(A), A, 2, 2)).isTrue();
    assertThat(isOver(2, Set.of(B), B, 2, 2)).isTrue();
  }

  @Test
  void isOver_severalSurvived_oneOfThemActs() {
    assertThat(isOver(3, Set.of(A, B), A, 3, 3)).isTrue();
    assertThat(isOver(3, Set.of(A, B), B, 3, 3)).isFalse();
  }

  @Test
  void isOver_entriesWithoutSurvivor_never() {
    assertThat(isOver(4, Set.of(A, B), A, 4, 4)).isFalse();
  }

  // Two others may have served, logged somebody out, and been restarted.
  @Test
  void isOver_othersMayHaveBeenAMajority_never() {
    assertThat(isOver(2, Set.of(A), A, 2, 3)).isFalse();
    assertThat(isOver(2, Set.of(A), A, 3, 3)).isFalse();
  }

  @Test
  void isOver_moreNodesThanTheClusterHas_never() {
    assertThat(isOver(2, Set.of(A), A, 3, 2)).isFalse();
  }

  @Test
  void isOver_moreMembersThanTheClusterWasToHave_countsThem() {
    assertThat(isOver(3, Set.of(A), A, 2, 2)).isFalse();
    assertThat(isOver(3, Set.of(A, B), A, 1, 1)).isFalse();
  }

  @Test
  void isOver_noMemberSurvived_never() {
    assertThat(isOver(2, Set.of(C), C, 2, 2)).isFalse();
  }
}
