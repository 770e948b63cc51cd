package org.typedsession.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Class loaders as in a server: the library and the API do not see the provider's classes. */
final class JsonProviderLookupTest {

  private static final String[] LIBRARY = {"jakarta.json-api", "jspecify", "classes"};
  private static final String PROVIDER = "parsson";

  @Test
  void construct_providerSeenByTheContextClassLoaderOnly_isFound() throws Exception {
    try (URLClassLoader library = loader(ClassLoader.getPlatformClassLoader(), LIBRARY);
        URLClassLoader application = loader(library, PROVIDER)) {
      assertThat(construct(library, application)).hasToString("JsonSessionCodec[java.lang.String]");
    }
  }

  @Test
  void construct_noProvider_saysWhatToAdd() throws Exception {
    try (URLClassLoader library = loader(ClassLoader.getPlatformClassLoader(), LIBRARY)) {
      assertThatThrownBy(() -> construct(library, library))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("org.eclipse.parsson:parsson");
    }
  }

  private static Object construct(ClassLoader library, ClassLoader context)
      throws ReflectiveOperationException {
    Constructor<?> constructor =
        library.loadClass(JsonSessionCodec.class.getName()).getConstructor(Type.class);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      return constructor.newInstance(String.class);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** A loader of those entries of the class path whose file name starts with one of the names. */
  private static URLClassLoader loader(ClassLoader parent, String... names)
      throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      File file = new File(entry);
      for (String name : names) {
        if (file.getName().startsWith(name)) {
          urls.add(file.toURI().toURL());
        }
      }
    }
    assertThat(urls).hasSize(names.length);
    return new URLClassLoader(urls.toArray(URL[]::new), parent);
  }
}
