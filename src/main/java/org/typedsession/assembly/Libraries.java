package org.typedsession.assembly;

/** Tells which optional libraries are there, without linking to any. */
public final class Libraries {
  static final String MICROPROFILE_CONFIG = "org.eclipse.microprofile.config.ConfigProvider";

  /** MicroProfile Health. */
  public static final String MICROPROFILE_HEALTH = "org.eclipse.microprofile.health.Readiness";

  /** Jakarta Security. */
  public static final String JAKARTA_SECURITY =
      "jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism";

  static final String JSON = "com.fasterxml.jackson.databind.ObjectMapper";
  static final String PROTOSTREAM = "org.infinispan.protostream.ProtobufUtil";
  static final String INFINISPAN = "org.infinispan.manager.EmbeddedCacheManager";

  private Libraries() {}

  /** Whether this library's own class loader sees {@code className}. */
  public static boolean has(String className) {
    try {
      Class.forName(className, false, Libraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** The class loader of the application that is being deployed. */
  static ClassLoader ofApplication() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? ClassLoader.getSystemClassLoader() : context;
  }
}
