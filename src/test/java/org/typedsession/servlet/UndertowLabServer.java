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
import org.typedsession.servlet.lab.FilterLab;
import org.typedsession.servlet.lab.LabException;

/** Undertow, as in WildFly. */
final class UndertowLabServer implements LabServer {
  private final DeploymentManager deployment;
  private final Undertow server;

  /** With the filter lab. */
  static UndertowLabServer ofTheLab(Path files) {
    return new UndertowLabServer(
        Servlets.deployment()
            .setDeploymentName("lab")
            .setResourceManager(new PathResourceManager(files))
            .addListener(Servlets.listener(FilterLab.class))
            .addErrorPage(new ErrorPage(FilterLab.ERROR_PAGE, 418))
            .addErrorPage(new ErrorPage(FilterLab.ERROR_PAGE, LabException.class)));
  }

  /**
   * @param application what is served, at the root
   */
  UndertowLabServer(DeploymentInfo application) {
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
