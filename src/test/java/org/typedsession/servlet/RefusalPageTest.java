package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.servlet.response.Refusal;

/** Which refusals are left to the error pages of an application. */
final class RefusalPageTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "'', true, true",
    "'<error-page><error-code>404</error-code><location>/e</location></error-page>', true, true",
    "'<error-page><exception-type>java.lang.Error</exception-type><location>/e</location></error-page>',"
        + " true, true",
    "'<error-page><error-code> 409 </error-code><location>/e</location></error-page>', false, true",
    "'<error-page><location>/e</location><error-code>503</error-code></error-page>', true, false",
    "'<error-page><location>/e</location></error-page>', false, false",
    "'<error-page><error-code>404</error-code><location>/e</location></error-page>"
        + "<error-page><location>/e</location></error-page>', false, false",
  })
  void isFor_whatTheDescriptorDeclares_isLeftToIt(
      String errorPages, boolean conflict, boolean unavailable) {
    String webXml = "<web-app xmlns='https://jakarta.ee/xml/ns/jakartaee'>" + errorPages;
    RefusalPage page = RefusalPage.of(context(webXml + "</web-app>", null, null));

    assertThat(page.isFor(browser(), 409)).isEqualTo(conflict);
    assertThat(page.isFor(browser(), 503)).isEqualTo(unavailable);
    assertThat(page.isFor(browser(), 403)).isFalse();
    assertThat(page.isFor(browser(), 500)).isFalse();
  }

  @Test
  void isFor_noDescriptor_isForBoth() {
    RefusalPage page = RefusalPage.of(context(null, null, null));

    assertThat(page.isFor(browser(), 409)).isTrue();
    assertThat(page.isFor(browser(), 503)).isTrue();
  }

  @Test
  void isFor_pageOfAFragment_isLeftToIt() {
    String fragment =
        "<web-fragment><error-page><error-code>409</error-code><location>/e</location></error-page>"
            + "</web-fragment>";
    RefusalPage page = RefusalPage.of(context(null, fragment, null));

    assertThat(page.isFor(browser(), 409)).isFalse();
    assertThat(page.isFor(browser(), 503)).isTrue();
  }

  @Test
  void isFor_descriptorThatCannotBeRead_isForNobody() {
    assertThat(RefusalPage.of(context("<web-app>", null, null)).isFor(browser(), 409)).isFalse();
  }

  @Test
  void isFor_descriptorWithADoctype_asksNobodyForIt() {
    String webXml =
        "<!DOCTYPE web-app PUBLIC '-//Sun//DTD 2.3//EN' 'http://127.0.0.1:9/web-app_2_3.dtd'>"
            + "<web-app><error-page><error-code>409</error-code></error-page></web-app>";
    RefusalPage page = RefusalPage.of(context(webXml, null, null));

    assertThat(page.isFor(browser(), 409)).isFalse();
    assertThat(page.isFor(browser(), 503)).isTrue();
  }

  @Test
  void isFor_parameterSaysContainer_isForNobody() {
    RefusalPage page = RefusalPage.of(context(null, null, " container "));

    assertThat(page.isFor(browser(), 409)).isFalse();
  }

  @Test
  void write_afterAnAsynchronousDispatch_leadsToWhatWasAskedFor() throws IOException {
    Map<String, Object> attributes =
        Map.of(
            AsyncContext.ASYNC_REQUEST_URI, "//app/orders",
            AsyncContext.ASYNC_QUERY_STRING, "n=7&m=<");
    HttpServletRequest request =
        answering(
            HttpServletRequest.class,
            (name, argument) ->
                switch (name) {
                  case "getMethod" -> "GET";
                  case "getRequestURI" -> "/app/WEB-INF/view.jsp";
                  case "getAttribute" -> attributes.get(argument);
                  default -> null;
                });
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ServletOutputStream out = new Body(body);
    HttpServletResponse response =
        answering(
            HttpServletResponse.class,
            (name, argument) -> name.equals("getOutputStream") ? out : null);

    RefusalPage.of(context(null, null, null)).write(request, response, new Refusal(409, 3));

    assertThat(body.toString(StandardCharsets.UTF_8))
        .contains("<a href=\"/app/orders?n=7&amp;m=&lt;\">", "content=\"3; url=/app/orders")
        .doesNotContain("WEB-INF");
  }

  private static final class Body extends ServletOutputStream {
    private final ByteArrayOutputStream bytes;

    Body(ByteArrayOutputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {}

    @Override
    public void write(int b) {
      bytes.write(b);
    }
  }

  private ServletContext context(
      @Nullable String webXml, @Nullable String fragment, @Nullable String parameter) {
    @Nullable URL descriptor = webXml == null ? null : file("web.xml", webXml);
    if (fragment != null) {
      file("META-INF/web-fragment.xml", fragment);
    }
    ClassLoader loader = new URLClassLoader(new URL[] {url(directory)}, null);
    return answering(
        ServletContext.class,
        (name, argument) ->
            switch (name) {
              case "getResource" -> descriptor;
              case "getClassLoader" -> loader;
              case "getInitParameter" -> parameter;
              default -> throw new UnsupportedOperationException(name);
            });
  }

  private static HttpServletRequest browser() {
    return answering(
        HttpServletRequest.class,
        (name, argument) -> argument.equals("Accept") ? "text/html, */*;q=0.8" : null);
  }

  private interface Answers {
    @Nullable Object to(String method, String argument);
  }

  private static <T> T answering(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                answers.to(method.getName(), arguments == null ? "" : "" + arguments[0])));
  }

  private URL file(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      return url(Files.writeString(file, text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }
}
