package org.typedsession.example;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests the example takes for those of its own pages. */
final class SameOriginTest {
  @ParameterizedTest
  @CsvSource({
    "POST, same-origin, http://shop.example:8080, true",
    "POST, none, , true",
    "POST, same-site, http://shop.example:8180, false",
    "POST, cross-site, http://evil.example, false",
    "POST, , , true", // no browser
    "POST, , http://shop.example:8080, true",
    "POST, , http://SHOP.example:8080, true",
    "POST, , http://shop.example:8180, false",
    "POST, , http://shop.example, false",
    "POST, , null, false",
    "POST, , http://%zz, false",
    "GET, cross-site, http://evil.example, true",
    "HEAD, cross-site, , true"
  })
  void isKept_request_isToldByItsHeaders(
      String method, @Nullable String site, @Nullable String origin, boolean kept) {
    assertThat(SameOrigin.isKept(request(method, site, origin))).isEqualTo(kept);
  }

  private static HttpServletRequest request(
      String method, @Nullable String site, @Nullable String origin) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            SameOriginTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, called, arguments) ->
                called.getName().equals("getMethod")
                    ? method
                    : switch ((String) arguments[0]) {
                      case "Sec-Fetch-Site" -> site;
                      case "Origin" -> origin;
                      case "Host" -> "shop.example:8080";
                      default -> null;
                    });
  }
}
