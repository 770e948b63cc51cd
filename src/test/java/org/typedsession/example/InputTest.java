package org.typedsession.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the example takes from clients, and what it refuses. */
final class InputTest {
  @ParameterizedTest
  @CsvSource({
    "apple, apple",
    "dragon%20fruit, dragon fruit",
    "cr%C3%A8me, crème",
    "a%2Fb, a/b",
    "%3Cb%3E, <b>",
    "x%3By, x;y",
    "apple;jsessionid=1, apple",
    "%F0%9F%8D%8E, 🍎"
  })
  void itemName_printable_isDecoded(String segment, String name) {
    assertThat(Input.itemName(path("/shop/api/items/" + segment))).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/shop/api/items",
        "/shop/api/items/",
        "/shop/api/items/;x=1",
        "/shop/api/items/%20%20",
        "/shop/api/items/a/b",
        "/shop/api/items/%",
        "/shop/api/items/%4",
        "/shop/api/items/%zz",
        "/shop/api/items/%-1",
        "/shop/api/items/%00",
        "/shop/api/items/a%0D%0Ab",
        "/shop/api/items/%E2%80%AEtxt", // makes text run backwards
        "/shop/api/items/%E2%80%A8", // line separator
        "/shop/api/items/%C0%AF", // a slash, encoded longer than it may be
        "/shop/api/items/%ED%A0%80", // half of a surrogate pair
        "/shop/api/items/%FF",
        "/shop/api/items/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void itemName_anythingElse_isRefused(String uri) {
    assertThatThrownBy(() -> Input.itemName(path(uri))).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void itemName_fortyCharacters_isTaken() {
    String apples = "%F0%9F%8D%8E".repeat(40);

    assertThat(Input.itemName(path("/shop/api/items/" + apples))).isEqualTo("🍎".repeat(40));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "5000, 5000", "0000017, 17"})
  void delay_withinRange_isTaken(String text, int milliseconds) {
    assertThat(Input.delay(parameter("delay", text))).isEqualTo(Duration.ofMillis(milliseconds));
  }

  @Test
  void delay_absent_isNone() {
    assertThat(Input.delay(path("/shop/api/count"))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "-1", "+1", "5001", "1.5", "1e3", "0x10", "99999999999999999999", "١٢"})
  void delay_anythingElse_isRefused(String text) {
    assertThatThrownBy(() -> Input.delay(parameter("delay", text)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("delay must be a whole number from 0 to 5000");
  }

  @Test
  void count_absentOrBeyondTheRange_isRefused() {
    assertThatThrownBy(() -> Input.count(path("/shop/api/set-count")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Input.count(parameter("value", "1000001")))
        .isInstanceOf(InvalidInputException.class);
    assertThat(Input.count(parameter("value", "1000000"))).isEqualTo(1_000_000);
  }

  @Test
  void visitorName_absentBlankOrTooLong_isRefused() {
    assertThatThrownBy(() -> Input.visitorName(path("/shop/api/login")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Input.visitorName(parameter("name", "\u3000 ")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Input.visitorName(parameter("name", "a".repeat(41))))
        .isInstanceOf(InvalidInputException.class);
    assertThat(Input.visitorName(parameter("name", " Ada "))).isEqualTo("Ada");
  }

  @Test
  void handle_anythingButThirtyTwoDigits_isRefused() {
    assertThatThrownBy(() -> Input.handle(path("/shop/api/sessions/end")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Input.handle(parameter("handle", "0123456789abcdef0123456789abcdeg")))
        .isInstanceOf(InvalidInputException.class);
    assertThat(Input.handle(parameter("handle", "0123456789abcdef0123456789abcdef")))
        .hasToString("0123456789abcdef0123456789abcdef");
  }

  private static HttpServletRequest path(String uri) {
    return request(uri, Map.of());
  }

  private static HttpServletRequest parameter(String name, String value) {
    return request("/shop/api/count", Map.of(name, value));
  }

  private static HttpServletRequest request(String uri, Map<String, String> parameters) {
    Map<String, Object> answers = new HashMap<>();
    answers.put("getContextPath", "/shop");
    answers.put("getServletPath", "/api/items");
    answers.put("getRequestURI", uri);
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            InputTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                method.getName().equals("getParameter")
                    ? parameters.get(arguments[0])
                    : answers.get(method.getName()));
  }
}
