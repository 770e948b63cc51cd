package org.typedsession.servlet.response;

/** What has to be done before a response is committed: headers are lost afterwards. */
@FunctionalInterface
public interface BeforeCommit {
  /**
   * Does it, unless it was done before in the same request.
   *
   * @param status the status that the response is about to have
   * @return the status that it is to get
   * @throws RuntimeException what kept sessions from being stored
   */
  int beforeCommit(int status);
}
