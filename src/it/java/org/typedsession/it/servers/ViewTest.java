package org.typedsession.it.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ViewTest {
  @Test
  void of_whatAChannelShows_isItsMembersInTheirOrder() {
    assertThat(View.of("[node2|4] (3) [node2, node3, node1]").members())
        .containsExactly("node2", "node3", "node1");
    assertThat(View.of("[node1(v=16.0.5)|1] (2) [node1(v=16.0.5), node2(v=16.0.5)]").members())
        .containsExactly("node1", "node2");
    assertThat(View.of("[node1|0] (1) [node1]").members()).containsExactly("node1");
  }

  @Test
  void of_whatAChannelShowsAfterAMerge_isAllMembers() {
    assertThat(
            View.of(
                    "MergeView::[node2|7] (3) [node3, node2, node1], 2 subgroups: "
                        + "[node2|6] (2) [node2, node1], [node3|5] (1) [node3]")
                .members())
        .containsExactly("node3", "node2", "node1");
  }

  @Test
  void of_noChannel_isNobody() {
    assertThat(View.of("undefined").members()).isEmpty();
  }
}
