package org.typedsession.servlet;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.typedsession.servlet.filterapp.FilterApplication;
import org.typedsession.servlet.filterapp.ScenarioException;

/** Tomcat, whose engine Payara's descends from. */
final class EmbeddedTomcat implements EmbeddedServer {
  private final Tomcat tomcat = new Tomcat();

  /** With the filter application. */
  static EmbeddedTomcat withFilterApplication(Path files, Path work) {
    return new EmbeddedTomcat(files, work, EmbeddedTomcat::addFilterApplication);
  }

  private static void addFilterApplication(Context context) {
    context.addApplicationListener(FilterApplication.class.getName());
    Wrapper files0 = Tomcat.addServlet(context, "default", new DefaultServlet());
    files0.setAsyncSupported(true);
    context.addServletMappingDecoded("/", "default");
    ErrorPage status = new ErrorPage();
    status.setErrorCode(418);
    status.setLocation(FilterApplication.ERROR_PAGE);
    context.addErrorPage(status);
    ErrorPage exception = new ErrorPage();
    exception.setExceptionType(ScenarioException.class.getName());
    exception.setLocation(FilterApplication.ERROR_PAGE);
    context.addErrorPage(exception);
  }

  /**
   * @param application puts together what is served, at the root
   */
  EmbeddedTomcat(Path files, Path work, Consumer<Context> application) {
    tomcat.setBaseDir(work.toString());
    tomcat.setHostname("localhost");
    tomcat.setPort(0);
    application.accept(tomcat.addContext("", files.toString()));
    tomcat.getConnector();
    try {
      tomcat.start();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public URI base() {
    return URI.create("http://localhost:" + tomcat.getConnector().getLocalPort());
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }
}
