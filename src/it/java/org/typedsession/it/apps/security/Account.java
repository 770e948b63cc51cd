package org.typedsession.it.apps.security;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.typedsession.PrincipalName;
import org.typedsession.Privilege;
import org.typedsession.security.CallerData;

/**
 * Who has logged in, and how often they were here.
 *
 * @param caller null before the login
 */
public record Account(
    @PrincipalName @Nullable String caller, @Privilege Set<String> callerGroups, int visits)
    implements CallerData<Account> {
  public Account() {
    this(null, Set.of(), 0);
  }

  public Account {
    callerGroups = Set.copyOf(callerGroups);
  }

  @Override
  public Account withCaller(String name, Set<String> groups) {
    return new Account(name, groups, visits);
  }

  Account visited() {
    return new Account(caller, callerGroups, visits + 1);
  }
}
