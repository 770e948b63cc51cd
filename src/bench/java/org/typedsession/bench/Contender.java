package org.typedsession.bench;

import java.util.EnumSet;
import java.util.Set;

/** Who is measured, each over the same members and with as many owners. */
enum Contender {
  /** What everything is compared with: see {@link #label(Operation)}. */
  RAW_PUT("Cache.put", EnumSet.allOf(Operation.class)),
  RAW_REPLACE("Cache.get + replace", EnumSet.of(Operation.UPDATE)),
  /** The two writes of a remap, the second once the first is done. */
  RAW_REMAP("Cache.putIfAbsent, then replace", EnumSet.of(Operation.REMAP)),
  /** The same, both under way at once. */
  RAW_REMAP_AT_ONCE("Cache.putIfAbsent and replace at once", EnumSet.of(Operation.REMAP)),
  PLAIN("typed-session, plain", EnumSet.allOf(Operation.class)),
  PESSIMISTIC("typed-session, pessimistic", EnumSet.allOf(Operation.class)),
  OPTIMISTIC("typed-session, optimistic", EnumSet.allOf(Operation.class)),
  MEMORY("typed-session, in memory", EnumSet.allOf(Operation.class)),
  SPRING("Spring Session on Infinispan", EnumSet.allOf(Operation.class)),
  SPRING_JDBC("Spring Session on PostgreSQL", EnumSet.allOf(Operation.class)),
  SPRING_REDIS("Spring Session on Redis", EnumSet.allOf(Operation.class)),
  HAZELCAST(
      "Hazelcast IMap",
      EnumSet.of(Operation.CREATE, Operation.READ, Operation.UPDATE, Operation.LIFE));

  static final Set<Contender> OF_SPRING = EnumSet.of(SPRING, SPRING_JDBC, SPRING_REDIS);

  private static final Set<Contender> TWO_WRITES = EnumSet.of(RAW_REMAP, RAW_REMAP_AT_ONCE);

  private static final Set<Contender> BRIEF =
      EnumSet.of(RAW_PUT, RAW_REPLACE, RAW_REMAP, RAW_REMAP_AT_ONCE, PLAIN, SPRING, HAZELCAST);

  final String label;
  private final Set<Operation> operations;

  Contender(String label, Set<Operation> operations) {
    this.label = label;
    this.operations = operations;
  }

  /** What it does for an operation. */
  String label(Operation operation) {
    if (this != RAW_PUT) {
      return label;
    }
    return switch (operation) {
      case CREATE -> "Cache.put of a new key";
      case READ -> "Cache.get";
      case UPDATE, REMAP -> "one Cache.put of an existing key";
      case LIFE -> "Cache.put of a new key, get and remove";
    };
  }

  /** Whether a process of its own stores the sessions, outside of the members. */
  boolean isServer() {
    return this == SPRING_JDBC || this == SPRING_REDIS;
  }

  /** Whether it takes part in each cell of a run that is not in full. */
  boolean isBrief() {
    return BRIEF.contains(this);
  }

  boolean takesPart(Cell cell) {
    return operations.contains(cell.operation())
        && (this != MEMORY || cell.members() == 1)
        // Each waits for the backup and for nothing else.
        && (!TWO_WRITES.contains(this) || (cell.caller() == Caller.STICKY && cell.members() > 1))
        // To which all callers are the same, and two members are as three.
        && (!isServer() || (cell.caller() == Caller.STICKY && cell.members() != 2));
  }
}
