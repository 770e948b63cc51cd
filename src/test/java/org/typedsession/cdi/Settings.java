package org.typedsession.cdi;

/** System properties for one test. */
final class Settings implements AutoCloseable {
  private static final String PREFIX = "typed-session.";

  private Settings() {}

  /** Sets keys behind {@code typed-session.}, each followed by its value. */
  static Settings of(String... keysAndValues) {
    Settings settings = new Settings();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      System.setProperty(PREFIX + keysAndValues[i], keysAndValues[i + 1]);
    }
    return settings;
  }

  @Override
  public void close() {
    System.getProperties().stringPropertyNames().stream()
        .filter(key -> key.startsWith(PREFIX))
        .forEach(System::clearProperty);
  }
}
