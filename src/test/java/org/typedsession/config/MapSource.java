package org.typedsession.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A source that holds what a test wrote into it. */
record MapSource(String name, Map<String, String> values, boolean isShared)
    implements ConfigurationSource {

  static MapSource of(String name, Map<String, String> values) {
    return new MapSource(name, values, false);
  }

  @Override
  public Optional<Value> find(String key) {
    return Optional.ofNullable(values.get(key)).map(text -> new Value(text, name));
  }

  @Override
  public Set<String> keys() {
    return values.keySet();
  }
}
