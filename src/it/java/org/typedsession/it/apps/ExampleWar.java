package org.typedsession.it.apps;

import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.typedsession.it.apps.probe.Control;
import org.typedsession.it.apps.probe.ControlServlet;
import org.typedsession.it.apps.probe.Tally;
import org.typedsession.it.apps.probe.TallyServlet;
import org.typedsession.it.servers.Server;

/** What the ITs deploy. */
public final class ExampleWar {
  private static final String SETTINGS = "WEB-INF/classes/META-INF/typed-session.properties";

  private ExampleWar() {}

  /**
   * The example as the build packed it, for plain HTTP, and so that the server finds its injection
   * points.
   */
  public static WebArchive asBuilt() {
    WebArchive war =
        ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("example.war")))
            .add(new StringAsset("typed-session.cookie.secure=false"), SETTINGS);
    return Server.current().looksIntoServlets()
        ? war
        : war.addAsWebInfResource(Server.current().beansXml(), "beans.xml");
  }

  /** The example plus {@link TallyServlet}, a session of a type that declares no privilege. */
  public static WebArchive withTally() {
    return named("tally.war").addClasses(Tally.class, TallyServlet.class);
  }

  /** The example in a hurry: what takes half a minute as shipped takes three seconds. */
  public static WebArchive inAHurry() {
    WebArchive war = named("hurry.war");
    war.delete(SETTINGS);
    return war.add(
        new StringAsset(
            """
            typed-session.cookie.secure=false
            typed-session.time-to-live=PT30M
            typed-session.renew-below=PT29M57S
            """),
        SETTINGS);
  }

  /** An application that knows nothing of this library: how the server behaves by itself. */
  public static WebArchive control() {
    return ShrinkWrap.create(WebArchive.class, "control.war")
        .addClasses(Control.class, ControlServlet.class);
  }

  private static WebArchive named(String name) {
    return ShrinkWrap.create(WebArchive.class, name).merge(asBuilt());
  }
}
