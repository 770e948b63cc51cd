package org.typedsession.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Tells the keys that mean something from misspelt ones. */
final class KnownKeys {
  // Further away, a hint would rather confuse.
  private static final int FURTHEST_HINT = 4;

  private final Set<String> known = new TreeSet<>();

  KnownKeys(Collection<DataName> types) {
    Stream<Setting> settings = Arrays.stream(Setting.values());
    settings.forEach(
        setting -> {
          known.add(ConfigurationSource.PREFIX + setting.key());
          types.forEach(type -> known.addAll(of(setting, type)));
        });
  }

  /** The keys under which {@code setting} may be found for {@code type}, the closest first. */
  static List<String> of(Setting setting, DataName type) {
    return List.of(
        ConfigurationSource.PREFIX + type.full() + "." + setting.key(),
        ConfigurationSource.PREFIX + type.simple() + "." + setting.key(),
        ConfigurationSource.PREFIX + setting.key());
  }

  /**
   * Whether {@code key} means something here.
   *
   * @param shared whether the key may be for another application's type; then only the setting
   *     behind the type's name is looked at
   */
  boolean accepts(String key, boolean shared) {
    return known.contains(key) || (shared && isSettingOfSomeType(key));
  }

  private static boolean isSettingOfSomeType(String key) {
    String rest = key.substring(ConfigurationSource.PREFIX.length());
    for (int dot = rest.indexOf('.'); dot > 0; dot = rest.indexOf('.', dot + 1)) {
      if (Setting.isKey(rest.substring(dot + 1))) {
        return true;
      }
    }
    return false;
  }

  /** The known key that {@code key} was most likely meant to be. */
  Optional<String> nearest(String key) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(candidate, key)))
        .filter(candidate -> distance(candidate, key) <= FURTHEST_HINT);
  }

  /** Levenshtein's distance: how many characters to insert, delete or replace. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
