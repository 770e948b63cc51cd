package org.typedsession.it;

import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.typedsession.testing.server.Server;

/** Web archives of the classes in {@code org.typedsession.it.apps}. */
final class AppsWar {
  private AppsWar() {}

  /** An application of {@code classes} with the library in it. */
  static WebArchive of(String name, Class<?>... classes) {
    return withoutLibrary(name, classes).addAsLibrary(library()).addAsLibraries(whatItNeeds());
  }

  static WebArchive withoutLibrary(String name, Class<?>... classes) {
    return ShrinkWrap.create(WebArchive.class, name + ".war")
        .addClasses(classes)
        .addAsWebInfResource(Server.current().beansXml(), "beans.xml")
        .addAsResource(
            new StringAsset("typed-session.cookie.secure=false"),
            "META-INF/typed-session.properties");
  }

  static File library() {
    return new File(System.getProperty("library.jar"));
  }

  static File[] whatItNeeds() {
    return new File(System.getProperty("example.libraries")).listFiles();
  }
}
