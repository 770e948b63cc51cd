package org.typedsession.example;

import java.util.List;
import java.util.OptionalInt;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.Address;

/** How many nodes share the sessions at present, where the server can tell. */
final class Members {
  private static final String CONTAINER = "java:jboss/infinispan/container/typedsession";

  private Members() {}

  /** Empty on a server without that container, as any that is no WildFly. */
  @SuppressWarnings("BanJNDI") // A constant name of this server's own.
  static OptionalInt count() {
    try {
      EmbeddedCacheManager container = InitialContext.doLookup(CONTAINER);
      List<Address> members = container.getMembers();
      return members == null ? OptionalInt.empty() : OptionalInt.of(members.size());
    } catch (NamingException | LinkageError e) {
      return OptionalInt.empty();
    }
  }
}
