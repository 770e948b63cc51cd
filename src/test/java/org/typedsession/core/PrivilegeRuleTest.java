package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.Privilege;

final class PrivilegeRuleTest {

  // ---- Types that declare nothing

  record Plain(String name, List<String> tags) {}

  enum Level {
    LOW,
    HIGH
  }

  enum Rich {
    LOW {
      @Override
      int rank() {
        return 1;
      }
    },
    HIGH {
      @Override
      int rank() {
        return 2;
      }
    };

    abstract int rank();
  }

  @Test
  void of_typeWithoutMarks_takesEveryChangeForOne() {
    for (Type type : List.of(Plain.class, String.class, Level.class, Rich.class, List.class)) {
      PrivilegeRule<Object> rule = PrivilegeRule.of(type);
      assertThat(rule.isDeclared()).as("%s", type).isFalse();
      assertThat(rule.isPrivilegeChange("a", "a")).isTrue();
    }
  }

  // ---- Marks in records

  record Flat(@Privilege String user, int clicks) {}

  record Deep(String note, Middle middle) {}

  record Middle(@Nullable Flat flat, int count) {}

  @Test
  void isPrivilegeChange_markedComponent_isOne() {
    PrivilegeRule<Flat> rule = PrivilegeRule.of(Flat.class);

    assertThat(rule.isDeclared()).isTrue();
    assertThat(rule.isPrivilegeChange(new Flat("a", 1), new Flat("a", 2))).isFalse();
    assertThat(rule.isPrivilegeChange(new Flat("a", 1), new Flat("b", 1))).isTrue();
  }

  @Test
  void isPrivilegeChange_markInNestedRecords_isOneAtAnyDepth() {
    PrivilegeRule<Deep> rule = PrivilegeRule.of(Deep.class);
    Deep before = new Deep("x", new Middle(new Flat("a", 1), 1));

    assertThat(rule.isPrivilegeChange(before, new Deep("y", new Middle(new Flat("a", 2), 2))))
        .isFalse();
    assertThat(rule.isPrivilegeChange(before, new Deep("x", new Middle(new Flat("b", 1), 1))))
        .isTrue();
  }

  @Test
  void isPrivilegeChange_markedRecordComesOrGoes_isOne() {
    PrivilegeRule<Deep> rule = PrivilegeRule.of(Deep.class);
    Deep with = new Deep("x", new Middle(new Flat("a", 1), 1));
    Deep without = new Deep("x", new Middle(null, 1));

    assertThat(rule.isPrivilegeChange(with, without)).isTrue();
    assertThat(rule.isPrivilegeChange(without, with)).isTrue();
    assertThat(rule.isPrivilegeChange(without, new Deep("y", new Middle(null, 2)))).isFalse();
  }

  record MarkedNullable(@Privilege @Nullable String user) {}

  @Test
  void isPrivilegeChange_markedComponentThatIsNull_isComparedLikeAnyOther() {
    PrivilegeRule<MarkedNullable> rule = PrivilegeRule.of(MarkedNullable.class);

    assertThat(rule.isPrivilegeChange(new MarkedNullable(null), new MarkedNullable(null)))
        .isFalse();
    assertThat(rule.isPrivilegeChange(new MarkedNullable(null), new MarkedNullable("a"))).isTrue();
    assertThat(rule.isPrivilegeChange(new MarkedNullable("a"), new MarkedNullable(null))).isTrue();
  }

  @SuppressWarnings("ArrayRecordComponent") // may not be wise, but has to be right
  record MarkedKinds(@Privilege Rich rich, @Privilege byte[] bytes, @Privilege int number) {}

  @Test
  void isPrivilegeChange_markedEnumArrayAndPrimitive_areComparedByContent() {
    PrivilegeRule<MarkedKinds> rule = PrivilegeRule.of(MarkedKinds.class);
    MarkedKinds before = new MarkedKinds(Rich.LOW, new byte[] {1}, 1);

    assertThat(rule.isPrivilegeChange(before, new MarkedKinds(Rich.LOW, new byte[] {1}, 1)))
        .isFalse();
    assertThat(rule.isPrivilegeChange(before, new MarkedKinds(Rich.HIGH, new byte[] {1}, 1)))
        .isTrue();
    assertThat(rule.isPrivilegeChange(before, new MarkedKinds(Rich.LOW, new byte[] {2}, 1)))
        .isTrue();
    assertThat(rule.isPrivilegeChange(before, new MarkedKinds(Rich.LOW, new byte[] {1}, 2)))
        .isTrue();
  }

  // ---- Containers

  @SuppressWarnings("ArrayRecordComponent") // as above
  record Containers(
      List<Flat> list,
      List<Flat> again,
      Map<String, Flat> map,
      Optional<Flat> optional,
      Flat[] array,
      Map<String, List<? extends Flat>> nested,
      Set<String> harmless) {}

  @Test
  void isPrivilegeChange_containerOfMarkedRecords_countsAsAWhole() {
    PrivilegeRule<Containers> rule = PrivilegeRule.of(Containers.class);
    Flat a = new Flat("a", 1);
    Flat clicked = new Flat("a", 2);
    Flat[] none = {};
    Containers before =
        new Containers(
            List.of(a), List.of(a), Map.of("k", a), Optional.of(a), none, Map.of(), Set.of());

    assertThat(
            rule.isPrivilegeChange(
                before,
                new Containers(
                    List.of(a),
                    List.of(a),
                    Map.of("k", a),
                    Optional.of(a),
                    new Flat[0],
                    Map.of(),
                    Set.of("new"))))
        .isFalse();
    assertThat(
            List.of(
                new Containers(
                    List.of(clicked),
                    List.of(a),
                    Map.of("k", a),
                    Optional.of(a),
                    none,
                    Map.of(),
                    Set.of()),
                new Containers(
                    List.of(a),
                    List.of(),
                    Map.of("k", a),
                    Optional.of(a),
                    none,
                    Map.of(),
                    Set.of()),
                new Containers(
                    List.of(a),
                    List.of(a),
                    Map.of("l", a),
                    Optional.of(a),
                    none,
                    Map.of(),
                    Set.of()),
                new Containers(
                    List.of(a),
                    List.of(a),
                    Map.of("k", a),
                    Optional.empty(),
                    none,
                    Map.of(),
                    Set.of()),
                new Containers(
                    List.of(a),
                    List.of(a),
                    Map.of("k", a),
                    Optional.of(a),
                    new Flat[] {a},
                    Map.of(),
                    Set.of()),
                new Containers(
                    List.of(a),
                    List.of(a),
                    Map.of("k", a),
                    Optional.of(a),
                    none,
                    Map.of("n", List.of(a)),
                    Set.of())))
        .allMatch(after -> rule.isPrivilegeChange(before, after));
  }

  record Holder(List<Flat> list) {}

  @Test
  void isPrivilegeChange_dataThatIsAContainer_countsAsAWhole() {
    PrivilegeRule<List<Flat>> rule =
        PrivilegeRule.of(Holder.class.getRecordComponents()[0].getGenericType());

    assertThat(rule.isDeclared()).isTrue();
    assertThat(rule.isPrivilegeChange(List.of(), List.of())).isFalse();
    assertThat(rule.isPrivilegeChange(List.of(), List.of(new Flat("a", 1)))).isTrue();
  }

  // ---- Sealed types

  sealed interface Visitor {}

  record Guest(int clicks) implements Visitor {}

  record Member(@Privilege String user, int clicks) implements Visitor {}

  record Page(Visitor first, Visitor second, int clicks) {}

  @Test
  void isPrivilegeChange_sealedData_movingBetweenSubtypesIsOne() {
    PrivilegeRule<Visitor> rule = PrivilegeRule.of(Visitor.class);

    assertThat(rule.isDeclared()).isTrue();
    assertThat(rule.isPrivilegeChange(new Guest(1), new Guest(2))).isFalse();
    assertThat(rule.isPrivilegeChange(new Guest(1), new Member("a", 1))).isTrue();
    assertThat(rule.isPrivilegeChange(new Member("a", 1), new Guest(1))).isTrue();
    assertThat(rule.isPrivilegeChange(new Member("a", 1), new Member("a", 2))).isFalse();
    assertThat(rule.isPrivilegeChange(new Member("a", 1), new Member("b", 1))).isTrue();
  }

  @Test
  void isPrivilegeChange_severalComponentsOfOneSealedType_allCount() {
    PrivilegeRule<Page> rule = PrivilegeRule.of(Page.class);
    Page before = new Page(new Member("a", 1), new Member("a", 1), 1);

    assertThat(rule.isPrivilegeChange(before, new Page(new Member("a", 2), new Member("a", 2), 2)))
        .isFalse();
    assertThat(rule.isPrivilegeChange(before, new Page(new Member("b", 1), before.second(), 1)))
        .isTrue();
    assertThat(rule.isPrivilegeChange(before, new Page(before.first(), new Member("b", 1), 1)))
        .isTrue();
    assertThat(rule.isPrivilegeChange(before, new Page(before.first(), new Guest(1), 1))).isTrue();
  }

  // ---- Generic types

  record Box<T>(T value, int clicks) {}

  record Boxes(Box<Flat> marked, Box<String> plain, Box<List<Flat>> list) {}

  record Pair<T>(T value, @Privilege String owner) {}

  record Pairs(Pair<Flat> marked, Pair<String> plain) {}

  record Wrapped<T>(Box<Box<List<T>>> box) {}

  record WrappedFlat(Wrapped<Flat> wrapped) {}

  @Test
  void isPrivilegeChange_typeArguments_areFollowed() {
    PrivilegeRule<Boxes> rule = PrivilegeRule.of(Boxes.class);
    Boxes before =
        new Boxes(new Box<>(new Flat("a", 1), 1), new Box<>("x", 1), new Box<>(List.of(), 1));

    assertThat(
            rule.isPrivilegeChange(
                before, new Boxes(new Box<>(new Flat("a", 1), 2), before.plain(), before.list())))
        .isFalse();
    assertThat(
            rule.isPrivilegeChange(
                before, new Boxes(new Box<>(new Flat("b", 1), 1), before.plain(), before.list())))
        .isTrue();
    assertThat(
            rule.isPrivilegeChange(
                before,
                new Boxes(
                    before.marked(), before.plain(), new Box<>(List.of(new Flat("a", 1)), 1))))
        .isTrue();
  }

  @Test
  void of_oneRecordWithSeveralTypeArguments_ends() {
    PrivilegeRule<Pairs> rule =
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> PrivilegeRule.of(Pairs.class));
    Pairs before = new Pairs(new Pair<>(new Flat("a", 1), "o"), new Pair<>("x", "o"));

    assertThat(
            rule.isPrivilegeChange(
                before, new Pairs(new Pair<>(new Flat("b", 1), "o"), before.plain())))
        .isTrue();
    assertThat(rule.isPrivilegeChange(before, new Pairs(before.marked(), new Pair<>("x", "other"))))
        .isTrue();
    assertThat(rule.isPrivilegeChange(before, new Pairs(before.marked(), before.plain())))
        .isFalse();
  }

  @Test
  void isPrivilegeChange_typeArgumentsOfTypeArguments_areFollowed() {
    PrivilegeRule<WrappedFlat> rule = PrivilegeRule.of(WrappedFlat.class);

    assertThat(rule.isDeclared()).isTrue();
    assertThat(
            rule.isPrivilegeChange(
                new WrappedFlat(new Wrapped<>(new Box<>(new Box<>(List.of(), 1), 1))),
                new WrappedFlat(
                    new Wrapped<>(new Box<>(new Box<>(List.of(new Flat("a", 1)), 1), 1)))))
        .isTrue();
  }

  sealed interface Result<T> {}

  record Success<T>(T value) implements Result<T> {}

  record Failure<T>(String reason) implements Result<T> {}

  record Outcome(Result<Flat> result, int clicks) {}

  record Bounded<T extends Flat>(T value) {}

  record Open(Bounded<?> bounded, int clicks) {}

  @Test
  void isPrivilegeChange_typeArgumentsOfASealedType_reachItsSubtypes() {
    PrivilegeRule<Outcome> rule = PrivilegeRule.of(Outcome.class);

    assertThat(rule.isDeclared()).isTrue();
    assertThat(
            rule.isPrivilegeChange(
                new Outcome(new Success<>(new Flat("a", 1)), 1),
                new Outcome(new Success<>(new Flat("b", 1)), 1)))
        .isTrue();
    assertThat(
            rule.isPrivilegeChange(
                new Outcome(new Failure<>("x"), 1), new Outcome(new Failure<>("y"), 2)))
        .isFalse();
  }

  @Test
  void isPrivilegeChange_unknownTypeArgument_standsForItsBound() {
    PrivilegeRule<Bounded<Flat>> raw = PrivilegeRule.of(Bounded.class);
    PrivilegeRule<Open> wildcard = PrivilegeRule.of(Open.class);
    Bounded<Flat> before = new Bounded<>(new Flat("a", 1));
    Bounded<Flat> after = new Bounded<>(new Flat("b", 1));

    assertThat(raw.isPrivilegeChange(before, after)).isTrue();
    assertThat(wildcard.isPrivilegeChange(new Open(before, 1), new Open(after, 1))).isTrue();
    assertThat(wildcard.isPrivilegeChange(new Open(before, 1), new Open(before, 2))).isFalse();
  }

  // ---- Recursive types

  record Tree(List<Tree> children, Flat flat) {}

  record Left(@Nullable Right right, int clicks) {}

  record Right(@Nullable Left left, @Privilege String user) {}

  record Growing<T>(@Nullable Growing<List<T>> next, int clicks) {}

  sealed interface Shape {}

  record Leaf(@Privilege String user) implements Shape {}

  record Group(Shape left, Shape right) implements Shape {}

  @Test
  void isPrivilegeChange_recursiveTypes_areFollowedAllTheWay() {
    PrivilegeRule<Tree> trees = PrivilegeRule.of(Tree.class);
    Tree leaf = new Tree(List.of(), new Flat("a", 1));
    Tree before = new Tree(List.of(leaf), new Flat("a", 1));
    assertThat(trees.isPrivilegeChange(before, new Tree(List.of(leaf), new Flat("a", 2))))
        .isFalse();
    assertThat(
            trees.isPrivilegeChange(
                before, new Tree(List.of(new Tree(List.of(), new Flat("b", 1))), new Flat("a", 1))))
        .isTrue();

    PrivilegeRule<Left> lefts = PrivilegeRule.of(Left.class);
    assertThat(lefts.isDeclared()).isTrue();
    assertThat(
            lefts.isPrivilegeChange(
                new Left(new Right(new Left(new Right(null, "a"), 1), "o"), 1),
                new Left(new Right(new Left(new Right(null, "b"), 1), "o"), 1)))
        .isTrue();
    assertThat(
            lefts.isPrivilegeChange(
                new Left(new Right(new Left(null, 1), "o"), 1),
                new Left(new Right(new Left(null, 2), "o"), 2)))
        .isFalse();

    PrivilegeRule<Shape> shapes = PrivilegeRule.of(Shape.class);
    assertThat(
            shapes.isPrivilegeChange(
                new Group(new Leaf("a"), new Group(new Leaf("a"), new Leaf("a"))),
                new Group(new Leaf("a"), new Group(new Leaf("a"), new Leaf("b")))))
        .isTrue();
  }

  @Test
  void of_typeArgumentsThatGrow_ends() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30), () -> PrivilegeRule.of(Growing.class).isDeclared());
    assertThat(Arrays.asList(Growing.class.getRecordComponents())).hasSize(2);
  }
}
