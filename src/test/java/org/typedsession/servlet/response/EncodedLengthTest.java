package org.typedsession.servlet.response;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EncodedLengthTest {
  private static final String TEXT = "az ß é € \u0800 \uffff 😀 \r\n";

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "utf-8", "ISO-8859-1", "US-ASCII", "windows-1252"})
  void of_inUtf8AndCharsetsOfOneByte_isExact(String encoding) {
    String text = encoding.equalsIgnoreCase("UTF-8") ? TEXT : TEXT.replace("😀", "");

    assertThat(EncodedLength.in(encoding).of(text, 0, text.length())).isEqualTo(size(encoding));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32", "Shift_JIS", "GB18030", "ISO-2022-JP"})
  void of_inOtherCharsets_isNotTooLow(String encoding) {
    assertThat(EncodedLength.in(encoding).of(TEXT, 0, TEXT.length()))
        .isGreaterThanOrEqualTo(size(encoding));
  }

  @Test
  void of_singleCharacters_addsUpToTheWhole() {
    EncodedLength utf8 = EncodedLength.in("UTF-8");

    assertThat(TEXT.chars().mapToLong(c -> utf8.of((char) c)).sum()).isEqualTo(size("UTF-8"));
  }

  @Test
  void of_aPart_countsThatOnly() {
    assertThat(EncodedLength.in("UTF-8").of("€€a€", 1, 2)).isEqualTo(4);
  }

  // Without the character that charsets of one byte replace by one byte for two chars.
  private static long size(String encoding) {
    boolean oneByte = Charset.forName(encoding).newEncoder().maxBytesPerChar() == 1;
    return (oneByte ? TEXT.replace("😀", "") : TEXT).getBytes(Charset.forName(encoding)).length;
  }
}
