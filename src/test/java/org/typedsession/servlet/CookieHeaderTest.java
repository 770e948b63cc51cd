package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CookieHeaderTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "id=a                     | a",
        "id=a; id=b               | a b",
        "id=\"abc\"               | abc",
        "id=\"                    | \"",
        "id=a,id=b                | a,id=b",
        "id=a=b=c                 | a=b=c",
        "novalue; id=z            | z",
        "=x; id=z                 | z",
        "bad name=1; id=z         | z",
        "x={\"a\":1}; id=z        | z",
        "x=a\"b; id=z             | z",
        "x=\"a; id=z              | z",
        "id=z; x=\"               | z",
        " id = z ;;; y=1;         | z",
        "\tid\t=\tz\t             | z",
        "x=id=evil                | ``",
        "x=1,id=evil              | ``",
        "ID=a; idx=b; xid=c; id   | ``",
        ";                        | ``",
        "=                        | ``",
      })
  void values_ofAHeader_areThoseOfTheName(String header, String expected) {
    assertThat(String.join(" ", values(header))).isEqualTo(expected);
  }

  // Java takes them for white space, HTTP does not (RFC 9110, 5.6.3).
  @ParameterizedTest
  @ValueSource(chars = {'\u000b', '\f', '\u001c', '\u001f', '\u2003', '\u3000'})
  void values_besideWhatIsNoWhitespaceInHttp_areNotTrimmed(char c) {
    assertThat(values(c + "id=a", "id" + c + "=b")).isEmpty();
    assertThat(values("id=" + c + "z" + c)).containsExactly(c + "z" + c);
  }

  @Test
  void values_ofSeveralHeaders_areInTheClientsOrder() {
    assertThat(values("id=b; x=1", "id=a", "", "y=2; id=c")).containsExactly("b", "a", "c");
  }

  @Test
  void values_ofAnEmptyCookie_isAnEmptyValue() {
    assertThat(values("id=; x=1")).containsExactly("");
  }

  // Quadratic work would take minutes here.
  @Test
  @Timeout(60)
  void values_ofMegabytesOfSemicolons_areFoundInOnePass() {
    assertThat(values(";".repeat(8_000_000) + "id=z")).containsExactly("z");
  }

  @Test
  void values_whereTheContainerHidesHeaders_areNone() {
    assertThat(CookieHeader.values(null, "id")).isEmpty();
  }

  private static List<String> values(String... headers) {
    return CookieHeader.values(Collections.enumeration(List.of(headers)), "id");
  }
}
