package org.typedsession.bench;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.typedsession.bench.http.AttributeServlet;
import org.typedsession.bench.http.AttributesServlet;
import org.typedsession.bench.http.PlainServlet;
import org.typedsession.bench.http.TypedServlet;
import org.typedsession.bench.http.VisitServlet;

/** The same application, by where it keeps its sessions: all are deployed on the same servers. */
enum Site {
  PLAIN("no session", PlainServlet.class),
  TYPED("typed-session", TypedServlet.class),
  /** The same on another version of the library, if there is one to compare with. */
  BEFORE("typed-session before", TypedServlet.class),
  DISTRIBUTABLE("<distributable/> as it comes", AttributeServlet.class),
  TUNED("<distributable/> tuned", AttributesServlet.class),
  /** Sessions of the server that are on this node alone, and gone with it. */
  LOCAL("HttpSession, local", AttributeServlet.class);

  final String label;
  private final Class<? extends VisitServlet> servlet;

  Site(String label, Class<? extends VisitServlet> servlet) {
    this.label = label;
    this.servlet = servlet;
  }

  /** Those that are measured. */
  static List<Site> all() {
    return Arrays.stream(values()).filter(site -> site != BEFORE || before().isPresent()).toList();
  }

  /** The jar of the other version. */
  private static Optional<File> before() {
    return Optional.of(System.getProperty("bench.before", ""))
        .filter(jar -> !jar.isEmpty())
        .map(File::new);
  }

  boolean takesPart(HttpCell cell) {
    return switch (this) {
      case PLAIN -> cell.page() == Page.NONE;
      case LOCAL -> cell.nodes() == 1;
      default -> true;
    };
  }

  String inMarkdown() {
    return label
        .replace("<distributable/>", "`<distributable/>`")
        .replace("HttpSession", "`HttpSession`");
  }

  String context() {
    return "/" + name().toLowerCase(Locale.ROOT);
  }

  /** Puts the archive into a folder of deployments. */
  void deploy(Path folder) {
    WebArchive war =
        ShrinkWrap.create(WebArchive.class, context().substring(1) + ".war")
            .addClasses(Basket.class, VisitServlet.class, servlet)
            .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml");
    switch (this) {
      case PLAIN, LOCAL -> {}
      case TYPED -> typed(war.addAsLibrary(new File(System.getProperty("library.jar"))));
      // The jar, whose manifest asks WildFly for its Infinispan.
      case BEFORE -> typed(war.addAsLibrary(before().orElseThrow()));
      case DISTRIBUTABLE -> distributable(war);
      case TUNED ->
          distributable(war)
              .addAsWebInfResource(
                  new StringAsset(
                      """
                      <distributable-web xmlns="urn:jboss:distributable-web:4.0">
                        <session-management name="tuned"/>
                      </distributable-web>
                      """),
                  "distributable-web.xml");
    }
    war.as(ZipExporter.class).exportTo(folder.resolve(war.getName()).toFile(), true);
  }

  private static void typed(WebArchive war) {
    war.addAsLibraries(
            Objects.requireNonNull(new File(System.getProperty("example.libraries")).listFiles()))
        .addAsResource(
            new StringAsset("typed-session.cookie.secure=false"),
            "META-INF/typed-session.properties");
  }

  private static WebArchive distributable(WebArchive war) {
    return war.setWebXML(
        new StringAsset(
            """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <distributable/>
            </web-app>
            """));
  }
}
