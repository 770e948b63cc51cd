package org.typedsession.it.apps;

import java.io.File;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.typedsession.it.apps.readme.AddServlet;
import org.typedsession.it.apps.readme.Cart;

/** The application of the README, with Infinispan beside the library. */
public final class CartWar {
  private CartWar() {}

  /**
   * The application under the name {@code shop.war}.
   *
   * @param settings of the library, without {@code typed-session.} in front
   */
  public static WebArchive with(Map<String, String> settings) {
    String properties =
        settings.entrySet().stream()
            .map(setting -> "typed-session." + setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining("\n"));
    return ShrinkWrap.create(WebArchive.class, "shop.war")
        .addClasses(Cart.class, AddServlet.class)
        .addAsLibrary(AppsWar.library())
        .addAsLibraries(AppsWar.whatItNeeds())
        .addAsLibraries(new File(System.getProperty("infinispan.libraries")).listFiles())
        .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml")
        .addAsResource(
            new StringAsset("typed-session.cookie.secure=false\n" + properties),
            "META-INF/typed-session.properties");
  }
}
