package org.typedsession.it.servers;

/** GlassFish. */
record GlassFishServer() implements GlassFishFamily {
  @Override
  public boolean hasServlet61() {
    return true;
  }

  @Override
  public boolean looksIntoServlets() {
    return false;
  }

  @Override
  public boolean hasReadinessChecks() {
    return false;
  }
}
