package org.typedsession.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.typedsession.assembly.ProcessClaims.Kind.COOKIE;
import static org.typedsession.assembly.ProcessClaims.Kind.NAMESPACE;

import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.typedsession.testkit.Race;

final class ProcessClaimsTest {
  private static final int ROUNDS = 200;

  private final Properties process = new Properties();
  private final ProcessClaims first = new ProcessClaims(process, "1");
  private final ProcessClaims second = new ProcessClaims(process, "2");

  @Test
  void claim_nameOfAnother_saysWhose() {
    assertThat(first.claim(NAMESPACE, "x", "one at / of a", false)).isEmpty();

    assertThat(second.claim(NAMESPACE, "x", "two", true)).contains("one at / of a");
    assertThat(second.claim(NAMESPACE, "y", "two", true)).isEmpty();
    assertThat(second.claim(COOKIE, "x", "two", true)).isEmpty();
  }

  @Test
  void claim_own_isTakenAgain() {
    first.claim(NAMESPACE, "x", "one", false);

    assertThat(first.claim(NAMESPACE, "x", "one", false)).isEmpty();
  }

  @Test
  void claim_ofAnEqualHolder_isTakenOverOnlyIfItSucceeds() {
    first.claim(NAMESPACE, "x", "one", false);

    assertThat(second.claim(NAMESPACE, "x", "one", false)).contains("one");
    assertThat(second.claim(NAMESPACE, "x", "one", true)).isEmpty();
  }

  @Test
  void close_afterTheClaimWasTakenOver_leavesItToTheNewHolder() {
    first.claim(NAMESPACE, "x", "one", true);
    second.claim(NAMESPACE, "x", "one", true);

    first.close();

    assertThat(new ProcessClaims(process, "3").claim(NAMESPACE, "x", "three", true))
        .contains("one");
  }

  @Test
  void close_ownClaims_leavesNothingBehind() {
    first.claim(NAMESPACE, "x", "one", true);
    first.claim(COOKIE, "y", "one", true);

    first.close();

    assertThat(process).isEmpty();
  }

  @Test
  void claim_twoAtOnce_oneHasItAndTheOtherLearnsOfIt() {
    for (int round = 0; round < ROUNDS; round++) {
      List<Callable<Optional<String>>> both =
          List.of(
              () -> first.claim(NAMESPACE, "x", "one", true),
              () -> second.claim(NAMESPACE, "x", "two", true));

      List<Optional<String>> others =
          Race.run(round, both).stream().map(Race.Outcome::value).toList();

      assertThat(others)
          .isIn(
              List.of(Optional.empty(), Optional.of("one")),
              List.of(Optional.of("two"), Optional.empty()));
      first.close();
      second.close();
    }
  }
}
