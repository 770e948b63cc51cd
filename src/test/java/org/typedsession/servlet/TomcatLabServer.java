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
import org.typedsession.servlet.lab.FilterLab;
import org.typedsession.servlet.lab.LabException;

/** Tomcat, whose engine Payara's descends from. */
final class TomcatLabServer implements LabServer {
  private final Tomcat tomcat = new Tomcat();

  /** With the filter lab. */
  static TomcatLabServer ofTheLab(Path files, Path work) {
    return new TomcatLabServer(files, work, TomcatLabServer::addLab);
  }

  private static void addLab(Context context) {
    context.addApplicationListener(FilterLab.class.getName());
    Wrapper files0 = Tomcat.addServlet(context, "default", new DefaultServlet());
    files0.setAsyncSupported(true);
    context.addServletMappingDecoded("/", "default");
    ErrorPage status = new ErrorPage();
    status.setErrorCode(418);
    status.setLocation(FilterLab.ERROR_PAGE);
    context.addErrorPage(status);
    ErrorPage exception = new ErrorPage();
    exception.setExceptionType(LabException.class.getName());
    exception.setLocation(FilterLab.ERROR_PAGE);
    context.addErrorPage(exception);
  }

  /**
   * @param application puts together what is served, at the root
   */
  TomcatLabServer(Path files, Path work, Consumer<Context> application) {
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
