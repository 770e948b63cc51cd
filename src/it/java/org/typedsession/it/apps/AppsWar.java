package org.typedsession.it.apps;

import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.typedsession.it.servers.Server;

/** Web archives of the classes in {@code org.typedsession.it.apps}. */
public final class AppsWar {
  private AppsWar() {}

  /** An application of {@code classes} with the library in it. */
  public static WebArchive of(String name, Class<?>... classes) {
    return withoutLibrary(name, classes).addAsLibrary(library()).addAsLibraries(whatItNeeds());
  }

  public static WebArchive withoutLibrary(String name, Class<?>... classes) {
    return ShrinkWrap.create(WebArchive.class, name + ".war")
        .addClasses(classes)
        .addAsWebInfResource(Server.current().beansXml(), "beans.xml")
        .addAsResource(
            new StringAsset("typed-session.cookie.secure=false"),
            "META-INF/typed-session.properties");
  }

  public static File library() {
    return new File(System.getProperty("library.jar"));
  }

  public static File[] whatItNeeds() {
    return new File(System.getProperty("example.libraries")).listFiles();
  }
}
