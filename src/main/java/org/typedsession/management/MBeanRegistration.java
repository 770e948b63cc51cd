package org.typedsession.management;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.typedsession.core.DefaultSessionStore;

/**
 * The stores of one application in the MBean server: {@code
 * org.typedsession:type=SessionStore,host=default-host,application=/shop,data=com.acme.Cart}.
 *
 * <p>An application that has the names of another, on another port for instance, gets {@code
 * instance=2} and so on behind them. What goes wrong is logged and stops nobody.
 *
 * <p>Not safe for use by many threads.
 */
public final class MBeanRegistration implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(MBeanRegistration.class.getName());
  // What would mean something in an object name.
  private static final Pattern SPECIAL = Pattern.compile("[,=:\"*?\n]");

  // Asked for when it is needed, as that may fail as well.
  private final Supplier<MBeanServer> server;
  private final List<ObjectName> registered = new ArrayList<>();

  /** In the MBean server of the process. */
  public MBeanRegistration() {
    this(ManagementFactory::getPlatformMBeanServer);
  }

  MBeanRegistration(Supplier<MBeanServer> server) {
    this.server = server;
  }

  /**
   * Registers a store, until {@link #close}.
   *
   * @param host the virtual host that the application is on; empty outside of the web
   * @param application where the application is served
   * @param data the type of the session data
   */
  public void publish(
      Optional<String> host, String application, String data, DefaultSessionStore<?> store) {
    String name =
        "org.typedsession:type=SessionStore,%sapplication=%s,data=%s"
            .formatted(
                host.map(it -> "host=" + quoted(it) + ",").orElse(""),
                quoted(application),
                quoted(data));
    try {
      registered.add(
          register(name, new StoreMBean(store::readiness, store::size, store::statistics)));
    } catch (JMException | RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.notManaged(name, e.toString()));
    }
  }

  private ObjectName register(String name, StoreMBean bean) throws JMException {
    for (int instance = 1; ; instance++) {
      ObjectName attempt = new ObjectName(instance == 1 ? name : name + ",instance=" + instance);
      try {
        // The one atomic step: of two applications of one name, each gets a number of its own.
        return server.get().registerMBean(bean, attempt).getObjectName();
      } catch (InstanceAlreadyExistsException e) {
        // Somebody else's.
      }
    }
  }

  private static String quoted(String value) {
    return SPECIAL.matcher(value).find() ? ObjectName.quote(value) : value;
  }

  /** Takes them out again: the server would keep the classes of the application alive. */
  @Override
  public void close() {
    // No lambda: where a deployment fails, Payara stops the class loader before it stops CDI, and
    // what is not linked by then never will be.
    for (ObjectName name : registered) {
      unregister(name);
    }
    registered.clear();
  }

  private void unregister(ObjectName name) {
    try {
      server.get().unregisterMBean(name);
    } catch (JMException | RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "{0} is gone already: {1}", name, e);
    }
  }
}
