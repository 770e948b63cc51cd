package org.typedsession.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DataDifferenceTest {

  private record Id(int number, String name) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Id that && number == that.number;
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  private record Holder(@Nullable Object held) {}

  private static class Base {
    private final int inherited;

    Base(int inherited) {
      this.inherited = inherited;
    }
  }

  private static final class Entity extends Base {
    private final String name;
    private final transient int cache;

    Entity(int inherited, String name, int cache) {
      super(inherited);
      this.name = name;
      this.cache = cache;
    }

    @Override
    public String toString() {
      return inherited() + name + cache;
    }

    private int inherited() {
      return super.inherited;
    }
  }

  @Test
  void between_whatCallsItselfEqual_isFoundWithItsPath() {
    assertDifferent(new Id(1, "a"), new Id(1, "b"), ".name");
    assertDifferent(new Holder(new Id(1, "a")), new Holder(new Id(1, "b")), ".held.name");
    assertDifferent(List.of(new Id(1, "a")), List.of(new Id(1, "b")), "[].name");
    assertDifferent(Optional.of(new Id(1, "a")), Optional.of(new Id(1, "b")), ".name");
    assertDifferent(new Id[] {new Id(1, "a")}, new Id[] {new Id(1, "b")}, "[].name");
    assertDifferent(Set.of(new Id(1, "a")), Set.of(new Id(1, "b")), "[]");
    assertDifferent(Map.of("k", new Id(1, "a")), Map.of("k", new Id(1, "b")), "{}");
    assertDifferent(Map.of(new Id(1, "a"), 1), Map.of(new Id(1, "b"), 1), "{}");
  }

  @Test
  void between_classes_comparesFieldsButTransientOnes() {
    assertSame(new Entity(1, "a", 1), new Entity(1, "a", 2));
    assertDifferent(new Entity(1, "a", 1), new Entity(1, "b", 1), ".name");
    assertDifferent(new Entity(1, "a", 1), new Entity(2, "a", 1), ".inherited");
    assertDifferent(new Base(1), new Entity(1, "a", 1), "");
  }

  @Test
  void between_containersOfOtherKindsAndOrders_areTheSame() {
    assertSame(List.of(1, 2), new ArrayList<>(List.of(1, 2)));
    assertDifferent(List.of(1, 2), List.of(2, 1), "[]");
    assertDifferent(List.of(1), List.of(1, 2), "[]");
    assertDifferent(List.of(1), Set.of(1), "");
    assertSame(Set.of("a", "b", "c"), new TreeSet<>(List.of("c", "b", "a")));
    assertSame(Set.of(new Id(1, "a"), new Id(2, "b")), Set.of(new Id(2, "b"), new Id(1, "a")));
    assertSame(Map.of("a", 1, "b", 2), new TreeMap<>(Map.of("b", 2, "a", 1)));
  }

  @Test
  void between_setAndMapWithAnOrderOfTheirOwn_comparesWhatTheyHold() {
    TreeSet<String> small = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    small.add("tea");
    TreeSet<String> large = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    large.add("TEA");
    TreeMap<String, Integer> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    map.put("TEA", 1);

    assertThat(small).isEqualTo(large);
    assertDifferent(small, large, "[]");
    assertDifferent(map, Map.of("tea", 1), "{}");
  }

  @Test
  void between_valuesOfTheJdk_areTheirClassAndEqualsOrText() {
    assertSame(URI.create("a"), URI.create("a"));
    assertSame(new AtomicInteger(1), new AtomicInteger(1));
    assertDifferent(new AtomicInteger(1), new AtomicInteger(2), "");
    assertDifferent(1, 1L, "");
    assertDifferent(new int[] {1}, new int[] {2}, "[]");
    assertDifferent(new int[] {1}, new int[] {1, 2}, "[]");
  }

  @Test
  void between_nulls_differUnlessAskedNotTo() {
    assertSame(null, null);
    assertDifferent(new Holder(null), new Holder("a"), ".held");
    assertThat(DataDifference.betweenPresent(new Holder(null), new Holder("a"))).isEmpty();
    assertThat(DataDifference.betweenPresent(new Holder("b"), new Holder("a"))).contains(".held");
  }

  @Test
  void between_whatRefersToItself_ends() {
    List<Object> one = new ArrayList<>(Arrays.asList(1, 2));
    one.set(1, one);
    List<Object> other = new ArrayList<>(Arrays.asList(1, 2));
    other.set(1, other);

    assertThat(DataDifference.between(one, other)).isPresent();
  }

  private static void assertSame(@Nullable Object one, @Nullable Object other) {
    assertThat(DataDifference.between(one, other)).isEmpty();
    assertThat(DataDifference.between(other, one)).isEmpty();
  }

  private static void assertDifferent(Object one, Object other, String path) {
    assertThat(DataDifference.between(one, other)).contains(path);
    assertThat(DataDifference.between(other, one)).contains(path);
  }
}
