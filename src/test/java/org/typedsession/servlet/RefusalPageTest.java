package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private ServletContext context(
      @Nullable String webXml, @Nullable String fragment, @Nullable String parameter) {
    @Nullable URL descriptor = webXml == null ? null : file("web.xml", webXml);
    if (fragment != null) {
      file("META-INF/web-fragment.xml", fragment);
    }
    ClassLoader loader = new URLClassLoader(new URL[] {url(directory)}, null);
    return answering(
        ServletContext.class,
        name ->
            switch (name) {
              case "getResource" -> descriptor;
              case "getClassLoader" -> loader;
              case "getInitParameter" -> parameter;
              default -> throw new UnsupportedOperationException(name);
            });
  }

  private static HttpServletRequest browser() {
    return answering(HttpServletRequest.class, name -> null, "Accept", "text/html, */*;q=0.8");
  }

  private interface Answers {
    @Nullable Object to(String method);
  }

  private static <T> T answering(Class<T> type, Answers answers, String... headers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getName().equals("getHeader")
                    ? (arguments[0].equals(headers[0]) ? headers[1] : null)
                    : answers.to(method.getName())));
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
