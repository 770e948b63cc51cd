package org.typedsession.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.typedsession.core.PrivilegeRule;

/** The session data of the example: the basket's limit, and which changes are privilege changes. */
final class VisitTest {
  private final PrivilegeRule<Visit> rule = PrivilegeRule.of(Visit.class);

  @Test
  void basket_eleventhItem_isRefused() {
    Basket full = Basket.EMPTY;
    for (int i = 0; i < Basket.CAPACITY; i++) {
      full = full.plus("item " + i % 3);
    }
    Basket basket = full;

    assertThat(basket.items())
        .containsExactly(Map.entry("item 0", 4), Map.entry("item 1", 3), Map.entry("item 2", 3));
    assertThatThrownBy(() -> basket.plus("item 0")).isInstanceOf(BasketFullException.class);
    assertThatThrownBy(() -> basket.plus("one more")).isInstanceOf(BasketFullException.class);
  }

  @Property(tries = 500, seed = "1")
  void basket_anyQuantities_existsOnlyWithinTheLimit(
      @ForAll @Size(max = 12) Map<String, Integer> quantities) {
    boolean allowed =
        quantities.values().stream().allMatch(quantity -> quantity > 0)
            && quantities.values().stream().mapToLong(Integer::longValue).sum() <= 10;
    if (allowed) {
      assertThat(new Basket(new TreeMap<>(quantities)).items()).isEqualTo(quantities);
    } else {
      assertThatThrownBy(() -> new Basket(new TreeMap<>(quantities)))
          .isInstanceOfAny(BasketFullException.class, IllegalArgumentException.class);
    }
  }

  @Test
  void basket_mapItWasMadeOf_cannotChangeIt() {
    TreeMap<String, Integer> source = new TreeMap<>(Map.of("apple", 1));
    Basket basket = new Basket(source);

    source.put("pear", 99);

    assertThat(basket.items()).containsExactly(Map.entry("apple", 1));
    assertThatThrownBy(() -> basket.items().put("pear", 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void visit_countAndBasket_areRoutine() {
    assertThat(rule.isDeclared()).isTrue();
    assertThat(rule.isPrivilegeChange(Guest.NEW, Guest.NEW.clicked())).isFalse();
    Member member = Guest.NEW.as("Ada", false);
    assertThat(rule.isPrivilegeChange(member, member.picked("apple").withCount(7))).isFalse();
  }

  @Test
  void visit_loginAndAnotherName_arePrivilegeChanges() {
    Member ada = Guest.NEW.clicked().as("Ada", false);

    assertThat(ada).isEqualTo(new Member("Ada", false, Basket.EMPTY, 1));
    assertThat(rule.isPrivilegeChange(Guest.NEW, ada)).isTrue();
    assertThat(rule.isPrivilegeChange(ada, ada.as("Grace", false))).isTrue();
    assertThat(rule.isPrivilegeChange(ada, ada.as("Ada", true))).isTrue();
    assertThat(rule.isPrivilegeChange(ada, ada.as("Ada", false))).isFalse();
  }
}
