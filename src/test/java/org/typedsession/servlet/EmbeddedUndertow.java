package org.typedsession.servlet;

import io.undertow.Undertow;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ErrorPage;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.typedsession.servlet.filterapp.FilterApplication;
import org.typedsession.servlet.filterapp.ScenarioException;

/** Undertow, as in WildFly. */
final class EmbeddedUndertow implements EmbeddedServer {
  private final DeploymentManager deployment;
  private final Undertow server;

  /** With the filter application. */
  static EmbeddedUndertow withFilterApplication(Path files) {
    return new EmbeddedUndertow(
        Servlets.deployment()
            .setDeploymentName("filter-application")
            .setResourceManager(new PathResourceManager(files))
            .addListener(Servlets.listener(FilterApplication.class))
            .addErrorPage(new ErrorPage(FilterApplication.ERROR_PAGE, 418))
            .addErrorPage(new ErrorPage(FilterApplication.ERROR_PAGE, ScenarioException.class)));
  }

  /**
   * @param application what is served, at the root
   */
  EmbeddedUndertow(DeploymentInfo application) {
    application.setClassLoader(getClass().getClassLoader()).setContextPath("/");
    deployment = Servlets.newContainer().addDeployment(application);
    deployment.deploy();
    try {
      server =
          Undertow.builder()
              .addHttpListener(0, "localhost", deployment.start())
              .setIoThreads(2)
              .setWorkerThreads(8)
              .build();
    } catch (ServletException e) {
      throw new IllegalStateException(e);
    }
    server.start();
  }

  @Override
  public URI base() {
    InetSocketAddress address = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    return URI.create("http://localhost:" + address.getPort());
  }

  @Override
  public void close() {
    try {
      deployment.stop();
      deployment.undeploy();
      server.stop();
    } catch (ServletException e) {
      throw new IllegalStateException(e);
    }
  }
}
