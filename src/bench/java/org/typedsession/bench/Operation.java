package org.typedsession.bench;

/** What is measured. */
enum Operation {
  CREATE("create"),
  READ("read"),
  UPDATE("routine update"),
  REMAP("privilege remap"),
  LIFE("create + delete");

  final String label;

  Operation(String label) {
    this.label = label;
  }
}
