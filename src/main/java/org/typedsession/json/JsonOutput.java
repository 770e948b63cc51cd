package org.typedsession.json;

import jakarta.json.stream.JsonGenerator;
import org.typedsession.SessionCodecException;

/** A {@link JsonGenerator} that refuses to nest deeper than a reader is sure to follow. */
final class JsonOutput {

  /**
   * Parsson reads 1000 levels by default. Without a limit of our own, data that is deeper, or that
   * refers to itself, would be found out only when it cannot be read back.
   */
  static final int MAX_DEPTH = 500;

  private final JsonGenerator generator;
  private int depth;

  JsonOutput(JsonGenerator generator) {
    this.generator = generator;
  }

  void startObject() {
    enter();
    generator.writeStartObject();
  }

  void startArray() {
    enter();
    generator.writeStartArray();
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new SessionCodecException(
          "session data is nested more than " + MAX_DEPTH + " levels deep, or refers to itself",
          null);
    }
  }

  void end() {
    depth--;
    generator.writeEnd();
  }

  void key(String name) {
    generator.writeKey(name);
  }

  void text(String value) {
    generator.write(value);
  }

  void number(long value) {
    generator.write(value);
  }

  void number(double value) {
    generator.write(value);
  }

  void bool(boolean value) {
    generator.write(value);
  }

  void nothing() {
    generator.writeNull();
  }
}
