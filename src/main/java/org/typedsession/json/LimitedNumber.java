package org.typedsession.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.NumberSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Refuses a number that is too long to be read back. */
final class LimitedNumber extends NumberSerializer {
  /** The longest number that is read and written, in characters. */
  static final int MAXIMUM_LENGTH = 100_000;

  private static final long serialVersionUID = 1L;

  // Fewer bits than these have no more digits than are allowed.
  private static final int HARMLESS_BITS = 3 * MAXIMUM_LENGTH;

  LimitedNumber(Class<? extends Number> type) {
    super(type);
  }

  @Override
  public void serialize(Number value, JsonGenerator json, SerializerProvider provider)
      throws IOException {
    BigInteger digits =
        value instanceof BigDecimal decimal ? decimal.unscaledValue() : (BigInteger) value;
    if (digits.bitLength() > HARMLESS_BITS && value.toString().length() > MAXIMUM_LENGTH) {
      provider.reportBadDefinition(
          handledType(), "the number has more than %s characters".formatted(MAXIMUM_LENGTH));
    }
    super.serialize(value, json, provider);
  }
}
