package org.typedsession.testing;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The class path without what is in some packages. */
public final class ClassPathWithout extends URLClassLoader {
  private final List<String> packages;

  private ClassPathWithout(List<String> packages) {
    super(classPath(), ClassLoader.getPlatformClassLoader());
    this.packages = packages;
  }

  /**
   * Runs a task where a library is absent.
   *
   * @param task public, with a public constructor; its answer is of the JDK, as it comes from
   *     another class loader
   * @param packages what the names of absent classes begin with
   */
  public static String call(Class<? extends Callable<String>> task, String... packages)
      throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (ClassPathWithout loader = new ClassPathWithout(List.of(packages))) {
      thread.setContextClassLoader(loader);
      Class<?> loaded = loader.loadClass(task.getName());
      Object instance = loaded.getDeclaredConstructor().newInstance();
      return (String) loaded.getMethod("call").invoke(instance);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (packages.stream().anyMatch(name::startsWith)) {
      throw new ClassNotFoundException(name);
    }
    return super.findClass(name);
  }

  private static URL[] classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(ClassPathWithout::url)
        .toArray(URL[]::new);
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(entry, e);
    }
  }
}
