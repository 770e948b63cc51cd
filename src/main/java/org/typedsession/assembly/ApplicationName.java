package org.typedsession.assembly;

import java.util.Optional;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** What the server calls the application that the current thread works for. */
final class ApplicationName {
  // Jakarta EE Platform 10, EE.5.15. No two applications of a server have the same name, and no two
  // modules of an application.
  private static final String APPLICATION = "java:app/AppName";
  private static final String MODULE = "java:module/ModuleName";

  private ApplicationName() {}

  /** The name of the application, or empty where there is no server or none that gives one. */
  static Optional<String> find() {
    return lookUp(APPLICATION);
  }

  /** The name of the application and of the module in it, or empty as above. */
  static Optional<String> withModule() {
    return find().map(name -> lookUp(MODULE).map(module -> name + "/" + module).orElse(name));
  }

  @SuppressWarnings("BanJNDI") // Two names in the server's own tree.
  private static Optional<String> lookUp(String name) {
    try {
      return Optional.ofNullable(InitialContext.<Object>doLookup(name)).map(Object::toString);
    } catch (NamingException e) {
      return Optional.empty();
    }
  }
}
