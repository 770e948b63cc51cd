package org.typedsession.bench;

import java.util.EnumSet;
import java.util.Set;

/** Who is measured, each over the same members and with as many owners. */
enum Contender {
  RAW_PUT("Cache.put", EnumSet.of(Operation.CREATE, Operation.READ, Operation.UPDATE)),
  RAW_REPLACE("Cache.get + replace", EnumSet.of(Operation.UPDATE)),
  PLAIN("typed-session, plain", EnumSet.allOf(Operation.class)),
  PESSIMISTIC("typed-session, pessimistic", EnumSet.allOf(Operation.class)),
  OPTIMISTIC("typed-session, optimistic", EnumSet.allOf(Operation.class)),
  MEMORY("typed-session, in memory", EnumSet.allOf(Operation.class)),
  SPRING("Spring Session on Infinispan", EnumSet.allOf(Operation.class)),
  HAZELCAST(
      "Hazelcast IMap",
      EnumSet.of(Operation.CREATE, Operation.READ, Operation.UPDATE, Operation.LIFE));

  final String label;
  private final Set<Operation> operations;

  Contender(String label, Set<Operation> operations) {
    this.label = label;
    this.operations = operations;
  }

  boolean takesPart(Operation operation, int members) {
    return operations.contains(operation) && (this != MEMORY || members == 1);
  }
}
