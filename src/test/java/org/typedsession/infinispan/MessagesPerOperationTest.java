package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.infinispan.Members.Mode;
import org.typedsession.infinispan.MessageMeter.Cost;
import org.typedsession.infinispan.MessageMeter.Operation;
import org.typedsession.infinispan.MessageMeter.Role;

/**
 * How many messages between three nodes an operation takes, replies included: the same on every
 * machine, and part of what the library promises.
 */
final class MessagesPerOperationTest {
  private static final int TIMES = 20;
  private static final int DATA = 200;

  // By the primary owner; by the backup; by the node without a copy.
  private static final Map<Operation, int[]> PLAIN =
      Map.of(
          Operation.CREATE, new int[] {2, 2, 2},
          Operation.READ, new int[] {0, 0, 2},
          // Asks whether its predecessor was replaced, as long as nothing is written to it.
          Operation.READ_REMAPPED, new int[] {0, 0, 4},
          Operation.UPDATE, new int[] {2, 3, 4},
          // One write after the other.
          Operation.REMAP, new int[] {4, 6, 8},
          Operation.LOGIN, new int[] {4, 6, 8},
          // Looks first: it has to follow the tombstones.
          Operation.END, new int[] {2, 3, 6},
          Operation.LOOK_UP_PRINCIPAL, new int[] {0, 0, 2},
          Operation.RAW_PUT, new int[] {2, 3, 4},
          Operation.RAW_REPLACE, new int[] {2, 3, 4});
  private static final Map<Operation, int[]> PESSIMISTIC =
      Map.of(
          Operation.CREATE, new int[] {3, 3, 3},
          Operation.READ, new int[] {0, 0, 2},
          Operation.READ_REMAPPED, new int[] {0, 0, 4},
          Operation.UPDATE, new int[] {3, 5, 12},
          // Both entries are in one message.
          Operation.REMAP, new int[] {3, 7, 18},
          Operation.LOGIN, new int[] {3, 7, 18},
          Operation.END, new int[] {3, 5, 14},
          Operation.LOOK_UP_PRINCIPAL, new int[] {0, 0, 2},
          Operation.RAW_PUT, new int[] {3, 5, 12},
          Operation.RAW_REPLACE, new int[] {3, 5, 12});
  private static final Map<Operation, int[]> OPTIMISTIC =
      Map.of(
          Operation.CREATE, new int[] {5, 5, 5},
          Operation.READ, new int[] {0, 0, 2},
          Operation.READ_REMAPPED, new int[] {0, 0, 4},
          Operation.UPDATE, new int[] {5, 5, 12},
          Operation.REMAP, new int[] {5, 5, 14},
          Operation.LOGIN, new int[] {5, 5, 14},
          Operation.END, new int[] {5, 5, 14},
          Operation.LOOK_UP_PRINCIPAL, new int[] {0, 0, 2},
          Operation.RAW_PUT, new int[] {5, 5, 12},
          Operation.RAW_REPLACE, new int[] {5, 5, 12});

  @ParameterizedTest
  @EnumSource
  void messages_ofEachOperation_areAsFewAsSaid(Mode mode) throws IOException {
    Map<Operation, Map<Role, Cost>> costs = new LinkedHashMap<>();
    try (MessageMeter meter = new MessageMeter(mode, 3)) {
      for (Operation operation : Operation.values()) {
        Map<Role, Cost> byRole = new LinkedHashMap<>();
        int[] messages = expected(mode).get(operation);
        List<Role> roles = List.of(Role.values());
        for (int i = 0; i < messages.length; i++) {
          Role role = roles.get(i);
          byRole.put(role, meter.measure(operation, role, DATA, TIMES, messages[i]));
        }
        costs.put(operation, byRole);
      }
    }
    publish(mode, costs);

    expected(mode)
        .forEach(
            (operation, messages) ->
                assertThat(costs.get(operation).values())
                    .as("%s, %s", mode, operation)
                    .extracting(Cost::messages)
                    .containsExactly(
                        (double) messages[0], (double) messages[1], (double) messages[2]));
    // What the library adds to a value goes along, some 80 bytes each time that it is sent.
    for (Role role : Role.values()) {
      assertThat(costs.get(Operation.UPDATE).get(role).bytes())
          .as("bytes of an update, %s, %s", mode, role)
          .isLessThan(1.25 * costs.get(Operation.RAW_REPLACE).get(role).bytes());
    }
    assertThat(costs.get(Operation.CREATE).get(Role.PRIMARY).bytes())
        .isLessThan(1.25 * costs.get(Operation.RAW_PUT).get(Role.PRIMARY).bytes());
    assertThat(costs.get(Operation.REMAP).get(Role.PRIMARY).bytes())
        .isLessThan(2.25 * costs.get(Operation.RAW_PUT).get(Role.PRIMARY).bytes());
    // Some 150 bytes more, once: sealed bytes are no ASCII, and stored as text.
    assertThat(costs.get(Operation.LOGIN).get(Role.PRIMARY).bytes())
        .isLessThan(costs.get(Operation.REMAP).get(Role.PRIMARY).bytes() + 200);
  }

  private static Map<Operation, int[]> expected(Mode mode) {
    return switch (mode) {
      case PLAIN -> PLAIN;
      case PESSIMISTIC -> PESSIMISTIC;
      case OPTIMISTIC -> OPTIMISTIC;
    };
  }

  private static void publish(Mode mode, Map<Operation, Map<Role, Cost>> costs) throws IOException {
    StringBuilder text = new StringBuilder("operation,node,messages,bytes\n");
    costs.forEach(
        (operation, byRole) ->
            byRole.forEach(
                (role, cost) ->
                    text.append(
                        String.format(
                            Locale.ROOT,
                            "%s,%s,%.2f,%.0f%n",
                            operation,
                            role,
                            cost.messages(),
                            cost.bytes()))));
    Path file =
        Path.of(
            "target",
            "contract",
            "messages-%s.csv".formatted(mode.name().toLowerCase(Locale.ROOT)));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
