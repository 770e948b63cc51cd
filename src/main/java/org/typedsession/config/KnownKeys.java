package org.typedsession.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Tells the keys of one source that mean something from misspelt ones. */
final class KnownKeys {
  // Further away, a hint would rather confuse.
  private static final int FURTHEST_HINT = 4;

  private final ConfigurationSource source;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> usual = new TreeSet<>();

  KnownKeys(Collection<DataName> types, ConfigurationSource source) {
    this.source = source;
    for (Setting setting : Setting.values()) {
      add(ConfigurationSource.PREFIX + setting.key());
      types.forEach(type -> of(setting, type).forEach(this::add));
    }
  }

  private void add(String key) {
    List<String> spellings = source.spellings(key);
    known.addAll(spellings);
    usual.add(spellings.get(spellings.size() - 1));
  }

  /** The keys under which {@code setting} may be found for {@code type}, the closest first. */
  static List<String> of(Setting setting, DataName type) {
    return List.of(
        ConfigurationSource.PREFIX + type.full() + "." + setting.key(),
        ConfigurationSource.PREFIX + type.simple() + "." + setting.key(),
        ConfigurationSource.PREFIX + setting.key());
  }

  /** The keys of the source that mean nothing here, in alphabetical order. */
  List<String> unknown() {
    return source.keys().stream().filter(Predicate.not(this::accepts)).sorted().toList();
  }

  // A key of a shared source may be for another application's type; then only the setting behind
  // the type's name can be looked at.
  private boolean accepts(String key) {
    return known.contains(key) || (source.isShared() && isSettingOfSomeType(key));
  }

  private boolean isSettingOfSomeType(String key) {
    int shortest = ConfigurationSource.PREFIX.length();
    return Arrays.stream(Setting.values())
        .flatMap(setting -> source.spellings("." + setting.key()).stream())
        .anyMatch(end -> key.endsWith(end) && key.length() > shortest + end.length());
  }

  /** The known key that {@code key} was most likely meant to be. */
  Optional<String> nearest(String key) {
    String prefixed =
        source.spellings(ConfigurationSource.PREFIX).stream().anyMatch(key::startsWith)
            ? key
            : ConfigurationSource.PREFIX + key;
    return usual.stream()
        .min(Comparator.comparingInt(candidate -> distance(candidate, prefixed)))
        .filter(candidate -> distance(candidate, prefixed) <= FURTHEST_HINT);
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
