package org.typedsession.it.tests;

import java.io.File;
import java.net.URI;
import java.net.URL;
import org.assertj.core.api.Assertions;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.servers.Server;
import org.typedsession.servlet.FilterClient;
import org.typedsession.servlet.SessionFilterContract;
import org.typedsession.servlet.SessionFilterInitializer;
import org.typedsession.servlet.filterapp.FilterApplication;
import org.typedsession.servlet.filterapp.ScenarioException;
import org.typedsession.testing.ContainerTraits;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.Barrier;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.StringCodec;

/**
 * What an embedded container leaves out: the server's own handlers, class loaders and CDI around
 * the filter, and an application that does not lie at the root.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class SessionFilterIT extends SessionFilterContract {
  @ArquillianResource private URL base;

  @Deployment(testable = false)
  static WebArchive application() throws Exception {
    return ShrinkWrap.create(WebArchive.class, "filter-application.war")
        .addPackage(FilterApplication.class.getPackage())
        .addClasses(
            Account.class,
            AccountCodec.class,
            Barrier.class,
            RecordingConnector.class,
            StringCodec.class)
        .addAsLibrary(AppsWar.library())
        .addAsLibraries(AppsWar.whatItNeeds())
        .addAsLibrary(
            new File(Assertions.class.getProtectionDomain().getCodeSource().getLocation().toURI()))
        .addAsWebInfResource(Server.current().beansXml(), "beans.xml")
        .addAsWebResource(new StringAsset("x".repeat(100_000)), "big.txt")
        .setWebXML(new StringAsset(webXml()));
  }

  private static String webXml() {
    return """
    <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
      <context-param>
        <param-name>%1$s</param-name>
        <param-value>manual</param-value>
      </context-param>
      <listener>
        <listener-class>%2$s</listener-class>
      </listener>
      <error-page>
        <error-code>418</error-code>
        <location>%3$s</location>
      </error-page>
      <error-page>
        <exception-type>%4$s</exception-type>
        <location>%3$s</location>
      </error-page>
    </web-app>
    """
        .formatted(
            SessionFilterInitializer.PARAMETER,
            FilterApplication.class.getName(),
            FilterApplication.ERROR_PAGE,
            ScenarioException.class.getName());
  }

  @Override
  protected FilterClient newClient() {
    // The paths that follow begin with a slash.
    return new FilterClient(URI.create(base.toString().replaceAll("/$", "")));
  }

  @Override
  protected ContainerTraits traits() {
    return Server.current();
  }
}
