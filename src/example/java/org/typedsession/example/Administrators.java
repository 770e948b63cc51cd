package org.typedsession.example;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Who is an administrator: whose name is in the system property {@code example.administrators}, a
 * list with commas; {@code admin} without it.
 */
final class Administrators {
  static final Set<String> NAMES =
      Pattern.compile(",")
          .splitAsStream(System.getProperty("example.administrators", "admin"))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .collect(Collectors.toUnmodifiableSet());

  private Administrators() {}

  static boolean isOne(Visit visit) {
    return visit instanceof Member member && member.administrator();
  }
}
