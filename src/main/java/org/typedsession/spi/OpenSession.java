package org.typedsession.spi;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionException;
import org.typedsession.SessionStoreUnavailableException;

/**
 * A session in the hands of a front end, such as the servlet filter, that opened it for one request
 * and decides when it is stored.
 *
 * <p>Safe for use by many threads, as a request may have several.
 *
 * @param <D> the session data
 */
public interface OpenSession<D> extends Session<D> {
  /**
   * Tells who the request was authenticated as; a name other than the stored one makes the next
   * write a privilege change.
   *
   * @param name the name, or null when the request says nothing of it, which changes nothing
   */
  void principal(@Nullable String name);

  /**
   * Tells that the user has shown who they are: as {@link #login}, and for data that names its
   * principal too, which has to name this one already.
   *
   * @param name the name, not empty
   * @throws IllegalStateException if the data names another principal, or the session was deleted
   *     or is closed
   */
  void authenticated(String name);

  /** Whether {@link #delete} was called. */
  boolean isDeleted();

  /** Whether {@link #complete} would ask for a change of the client's cookie, as of now. */
  boolean wantsCookie();

  /**
   * What the last attempt to {@link #save} threw; empty if there was none, or if something was
   * changed, discarded or stored since. Whoever answers with an error then has answered for the
   * session, too.
   */
  Optional<SessionException> refusal();

  /**
   * Stores what changed and closes the session: it can be read from now on, not changed. A second
   * call does nothing and gives the same answer.
   *
   * @return what is to become of the client's cookie, of earlier {@link #save saves} too
   * @throws SessionConflictException if another request got in first; nothing was stored, and
   *     {@link #abandon} tells the cookie's fate
   * @throws SessionStoreUnavailableException if the store cannot answer; as above
   */
  SessionCookieCommand complete();

  /**
   * Drops what is not stored yet and closes the session, which then shows what was last read or
   * stored. A {@link #delete} is not dropped: it is carried out now.
   *
   * @return what is to become of the client's cookie because of earlier {@link #save saves} or of
   *     the deletion
   * @throws SessionStoreUnavailableException if a session cannot be deleted; it is closed all the
   *     same, and {@link #complete} tells the cookie's fate
   */
  SessionCookieCommand abandon();
}
