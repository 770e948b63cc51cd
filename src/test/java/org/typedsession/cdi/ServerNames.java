package org.typedsession.cdi;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.spi.InitialContextFactory;
import org.jspecify.annotations.Nullable;

/** The JNDI names of a server, for one test. */
public final class ServerNames implements AutoCloseable {
  private static final Map<String, Object> BOUND = new ConcurrentHashMap<>();
  private static final Set<String> LOOKED_UP = ConcurrentHashMap.newKeySet();
  private static final Object NOT_STARTED = new Object();

  ServerNames() {
    System.setProperty(Context.INITIAL_CONTEXT_FACTORY, Factory.class.getName());
  }

  /** Binds, or with null unbinds, a name. */
  ServerNames with(String name, @Nullable Object value) {
    if (value == null) {
      BOUND.remove(name);
    } else {
      BOUND.put(name, value);
    }
    return this;
  }

  /** Binds the name of something that has not started, as WildFly does. */
  ServerNames withNotStarted(String name) {
    return with(name, NOT_STARTED);
  }

  /** Whether somebody has looked for it. */
  boolean isLookedUp(String name) {
    return LOOKED_UP.contains(name);
  }

  @Override
  public void close() {
    System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
    BOUND.clear();
    LOOKED_UP.clear();
  }

  /** For {@link javax.naming.InitialContext}. */
  public static final class Factory implements InitialContextFactory {
    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) {
      return (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("lookup")) {
                  return null;
                }
                String name = String.valueOf(arguments[0]);
                LOOKED_UP.add(name);
                Object found = BOUND.get(name);
                NameNotFoundException failure = new NameNotFoundException(name);
                if (found == NOT_STARTED) {
                  failure.initCause(new IllegalStateException("the service is not started"));
                }
                if (found == null || found == NOT_STARTED) {
                  throw failure;
                }
                return found;
              });
    }
  }
}
