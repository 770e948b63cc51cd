package org.typedsession.it.apps.security;

import jakarta.annotation.Resource;
import jakarta.annotation.security.DeclareRoles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;

/** What only keepers may see. */
@Stateless
@DeclareRoles({"member", "keeper"})
public class Vault {
  @Resource private SessionContext context;

  @RolesAllowed("keeper")
  public String content() {
    return "gold of " + context.getCallerPrincipal().getName();
  }
}
