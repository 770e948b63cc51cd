package org.typedsession.infinispan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.typedsession.infinispan.Members.Mode;
import org.typedsession.infinispan.MessageMeter.Cost;
import org.typedsession.infinispan.MessageMeter.Operation;
import org.typedsession.infinispan.MessageMeter.Role;

/** What members send each other, by mode of the cache, number of members and size of the value. */
public final class MessageTable {
  private static final int TIMES = 50;

  private MessageTable() {}

  /**
   * One figure.
   *
   * @param role what the member that is asked has of the session
   * @param messages requests and replies between all members, for one operation
   * @param sent their bytes
   */
  public record Row(
      String mode,
      int members,
      int value,
      String operation,
      String role,
      double messages,
      double sent) {}

  /** How many times {@link #measure} reports. */
  public static int steps(boolean full) {
    return members(full).length + 2;
  }

  // Four are as three and as five.
  private static int[] members(boolean full) {
    return full ? new int[] {2, 3, 4, 5} : new int[] {2, 3, 5};
  }

  /** Measures everything. */
  public static List<Row> measure(boolean full, Consumer<String> progress) {
    // In proportion to the value, as two of them show.
    int[] sizes = full ? new int[] {200, 1024, 4096, 16_384, 65_536} : new int[] {200, 4096};
    List<Row> rows = new ArrayList<>();
    for (int members : members(full)) {
      int[] values = members == 3 ? sizes : new int[] {200};
      measure(Mode.PLAIN, members, values, rows);
      progress.accept(members + " members, without transactions");
    }
    for (Mode mode : List.of(Mode.PESSIMISTIC, Mode.OPTIMISTIC)) {
      measure(mode, 3, new int[] {200}, rows);
      progress.accept("3 members, " + name(mode));
    }
    return rows;
  }

  private static void measure(Mode mode, int members, int[] values, List<Row> rows) {
    try (MessageMeter meter = new MessageMeter(mode, members)) {
      for (int value : values) {
        for (Operation operation : Operation.values()) {
          for (Role role : Role.values()) {
            boolean exists = members > 2 || role != Role.NO_COPY;
            boolean wanted = operation != Operation.CREATE || role == Role.PRIMARY;
            if (exists && wanted && (value == 200 || role == Role.PRIMARY)) {
              Cost cost = meter.measure(operation, role, value, TIMES);
              rows.add(
                  new Row(
                      name(mode),
                      members,
                      value,
                      name(operation),
                      name(role),
                      cost.messages(),
                      cost.bytes()));
            }
          }
        }
      }
    }
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
