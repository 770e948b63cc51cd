package org.typedsession.it.apps;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Which lists its classes, so that the server looks for no others. */
@ApplicationPath("/rest")
public class ListingApplication extends Application {
  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(VisitResource.class);
  }
}
