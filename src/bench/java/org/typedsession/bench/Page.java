package org.typedsession.bench;

/** What a request asks for. */
enum Page {
  NONE("GET", "/none", "does not touch the session"),
  READ("GET", "/read", "read"),
  COUNT("POST", "/count", "count + 1"),
  LOGIN("POST", "/login", "login");

  final String method;
  final String path;
  final String label;

  Page(String method, String path, String label) {
    this.method = method;
    this.path = path;
    this.label = label;
  }
}
