package org.typedsession.it.apps.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.util.Map;
import java.util.Set;

/** Ada, a member, and Grace, who keeps the vault as well. Their passwords are their names. */
@ApplicationScoped
public class Users implements IdentityStore {
  private static final Map<String, Set<String>> GROUPS =
      Map.of("ada", Set.of("member"), "grace", Set.of("member", "keeper"));

  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (credential instanceof UsernamePasswordCredential login
        && GROUPS.containsKey(login.getCaller())
        && login.compareTo(login.getCaller(), login.getCaller())) {
      return new CredentialValidationResult(login.getCaller(), GROUPS.get(login.getCaller()));
    }
    return CredentialValidationResult.INVALID_RESULT;
  }
}
