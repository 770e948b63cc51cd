package org.typedsession.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.typedsession.servlet.response.Refusal;

/**
 * What a browser shows of a 409 or 503, unless the application has an error page for that: what has
 * happened, and the way on. A container's own page tells the user neither, and what was sent cannot
 * be sent again with success for a moment.
 *
 * <p>Immutable and safe for use by many threads.
 */
final class RefusalPage {
  /** The context parameter that leaves all refusals to the pages of the container. */
  static final String PARAMETER = "typed-session.refusal-page";

  /** For nobody. */
  static final RefusalPage NONE = new RefusalPage(Set.of());

  private static final System.Logger LOGGER = System.getLogger(RefusalPage.class.getName());
  private static final String CONTAINER = "container";
  private static final String WEB_XML = "/WEB-INF/web.xml";
  private static final String FRAGMENT = "META-INF/web-fragment.xml";
  private static final int CONFLICT = HttpServletResponse.SC_CONFLICT;
  private static final int UNAVAILABLE = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD");

  private final Set<Integer> statuses;

  private RefusalPage(Set<Integer> statuses) {
    this.statuses = statuses;
  }

  /** The page of an application. */
  static RefusalPage of(ServletContext context) {
    String parameter = context.getInitParameter(PARAMETER);
    if (parameter != null && parameter.strip().equals(CONTAINER)) {
      return NONE;
    }
    Set<Integer> statuses = new HashSet<>(Set.of(CONFLICT, UNAVAILABLE));
    try {
      URL webXml = context.getResource(WEB_XML);
      if (webXml != null) {
        removeDeclared(statuses, webXml);
      }
      ClassLoader loader = context.getClassLoader();
      List<URL> fragments =
          loader == null ? List.of() : Collections.list(loader.getResources(FRAGMENT));
      for (URL fragment : fragments) {
        removeDeclared(statuses, fragment);
      }
    } catch (IOException | XMLStreamException e) {
      // It may have pages of its own.
      LOGGER.log(System.Logger.Level.DEBUG, "the error pages of the application are not known", e);
      return NONE;
    }
    return new RefusalPage(Set.copyOf(statuses));
  }

  private static void removeDeclared(Set<Integer> statuses, URL descriptor)
      throws IOException, XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try (InputStream in = descriptor.openStream()) {
      XMLStreamReader reader = factory.createXMLStreamReader(in);
      boolean inErrorPage = false;
      boolean forAll = false;
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          switch (reader.getLocalName()) {
            case "error-page" -> {
              inErrorPage = true;
              forAll = true;
            }
            case "error-code" -> {
              forAll = false;
              removeCode(statuses, reader.getElementText());
            }
            case "exception-type" -> forAll = false;
            default -> {}
          }
        } else if (event == XMLStreamConstants.END_ELEMENT
            && inErrorPage
            && reader.getLocalName().equals("error-page")) {
          inErrorPage = false;
          if (forAll) {
            statuses.clear();
          }
        }
      }
    }
  }

  private static void removeCode(Set<Integer> statuses, String code) {
    statuses.removeIf(status -> status.toString().equals(code.strip()));
  }

  /** Whether {@code request} is to be shown it: it is a browser's that wants a page. */
  boolean isFor(HttpServletRequest request, int status) {
    if (!statuses.contains(status)) {
      return false;
    }
    String accept = request.getHeader("Accept");
    String mode = request.getHeader("Sec-Fetch-Mode");
    return accept != null
        && accept.toLowerCase(Locale.ROOT).contains("text/html")
        && (mode == null || mode.equals("navigate"));
  }

  /**
   * Replaces what was to be the response: for a browser by this page, otherwise by way of the
   * container's error pages.
   *
   * @return false if it is too late for that
   */
  boolean send(Refusal refusal, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!isFor(request, refusal.status())) {
      return refusal.send(response);
    }
    if (!refusal.set(response)) {
      return false;
    }
    write(request, response, refusal);
    return true;
  }

  void write(HttpServletRequest request, HttpServletResponse response, Refusal refusal)
      throws IOException {
    boolean conflict = refusal.status() == CONFLICT;
    byte[] body =
        PAGE.formatted(
                refusal.retryAfter(),
                escaped(wayOn(request)),
                conflict ? "Please try again" : "Not available at the moment",
                conflict
                    ? "Another request of yours changed the session at the same moment. "
                    : "Your session cannot be reached at the moment. ")
            .getBytes(StandardCharsets.UTF_8);
    response.setContentType("text/html");
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="refresh" content="%1$s; url=%2$s">
      <title>%3$s</title>
      </head>
      <body>
      <main>
      <h1>%3$s</h1>
      <p>%4$sLook whether what you have sent has arrived before you send it again.</p>
      <p><a href="%2$s">Go on</a>; this page does so by itself in %1$s s.</p>
      </main>
      </body>
      </html>
      """;

  /** A page to look at: the one that was asked for, or the one from which something was sent. */
  private static String wayOn(HttpServletRequest request) {
    String page = SAFE_METHODS.contains(request.getMethod()) ? asked(request) : referrer(request);
    return page == null ? path(request.getServletContext().getContextPath() + "/", null) : page;
  }

  /** What the client has asked for, wherever the request has been dispatched since. */
  private static String asked(HttpServletRequest request) {
    return request.getAttribute(AsyncContext.ASYNC_REQUEST_URI) instanceof String uri
        ? path(uri, (String) request.getAttribute(AsyncContext.ASYNC_QUERY_STRING))
        : path(request.getRequestURI(), request.getQueryString());
  }

  private static @Nullable String referrer(HttpServletRequest request) {
    String referrer = request.getHeader("Referer");
    String host = request.getHeader("Host");
    if (referrer == null || host == null) {
      return null;
    }
    try {
      URI uri = new URI(referrer);
      return host.equalsIgnoreCase(uri.getRawAuthority())
          ? path(uri.getRawPath(), uri.getRawQuery())
          : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  // With one slash in front: two would begin the name of another host.
  private static String path(String path, @Nullable String query) {
    String local = "/" + path.replaceFirst("^[/\\\\]+", "");
    return query == null ? local : local + "?" + query;
  }

  private static String escaped(String uri) {
    return uri.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
