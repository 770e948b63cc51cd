package org.typedsession.assembly;

/** What the keys of sessions begin with, for tests of other packages. */
public final class KeyTags {
  private KeyTags() {}

  /** Of the sessions of a web application with this data. */
  public static String ofContext(String virtualServer, String path, Class<?> data) {
    return new Namespace.OfContext(virtualServer, path).tag(new DataType(data));
  }
}
