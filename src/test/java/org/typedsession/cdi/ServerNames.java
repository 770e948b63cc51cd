package org.typedsession.cdi;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.spi.InitialContextFactory;
import org.jspecify.annotations.Nullable;

/** The JNDI names of a server, for one test. */
public final class ServerNames implements AutoCloseable {
  private static final Map<String, Object> BOUND = new ConcurrentHashMap<>();

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

  @Override
  public void close() {
    System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
    BOUND.clear();
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
                Object found = BOUND.get(String.valueOf(arguments[0]));
                if (found == null) {
                  throw new NameNotFoundException(String.valueOf(arguments[0]));
                }
                return found;
              });
    }
  }
}
