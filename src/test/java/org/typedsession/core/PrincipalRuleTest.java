package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.typedsession.PrincipalName;

final class PrincipalRuleTest {
  record Cart(@PrincipalName String user, List<String> items) {}

  sealed interface Visitor {
    record Guest(int clicks) implements Visitor {}

    record Member(Account account) implements Visitor {}
  }

  record Account(String mail, @PrincipalName String name) {}

  record Unmarked(String user) {}

  record Recursive(Recursive inner, @PrincipalName String name) {}

  record Twice(@PrincipalName String one, Account other) {}

  record Numbered(@PrincipalName long id) {}

  @Test
  void nameIn_markedComponent_isIt() {
    PrincipalRule rule = PrincipalRule.of(Cart.class);

    assertThat(rule.isDeclared()).isTrue();
    assertThat(rule.nameIn(new Cart("anna", List.of()))).isEqualTo("anna");
  }

  @Test
  void nameIn_nothingThere_isNobody() {
    PrincipalRule rule = PrincipalRule.of(Cart.class);

    assertThat(rule.nameIn(new Cart("", List.of()))).isNull();
    assertThat(rule.nameIn(new Cart(null, List.of()))).isNull();
  }

  @Test
  void nameIn_subtypeAndNestedRecord_isFound() {
    PrincipalRule rule = PrincipalRule.of(Visitor.class);

    assertThat(rule.nameIn(new Visitor.Member(new Account("a@b", "anna")))).isEqualTo("anna");
    assertThat(rule.nameIn(new Visitor.Member(null))).isNull();
    assertThat(rule.nameIn(new Visitor.Guest(1))).isNull();
  }

  @Test
  void nameIn_recursiveType_isTheOuterOne() {
    Recursive inner = new Recursive(null, "inner");

    assertThat(PrincipalRule.of(Recursive.class).nameIn(new Recursive(inner, "outer")))
        .isEqualTo("outer");
  }

  @Test
  void of_typeWithoutMark_declaresNothing() {
    PrincipalRule rule = PrincipalRule.of(Unmarked.class);

    assertThat(rule.isDeclared()).isFalse();
    assertThat(rule.nameIn(new Unmarked("anna"))).isNull();
    assertThat(PrincipalRule.of(String.class).nameIn("anna")).isNull();
  }

  @Test
  void of_severalMarks_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PrincipalRule.of(Twice.class))
        .withMessageContaining("one and other");
  }

  @Test
  void of_markOnANumber_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PrincipalRule.of(Numbered.class))
        .withMessageContaining("Numbered.id");
  }
}
