package org.typedsession;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Session data that cannot be turned into bytes, or bytes that are not data of this type.
 *
 * <p>It ends up in logs, where nobody's data belongs. So of its causes only their classes and stack
 * traces are kept: the messages of a library, or of a constructor that refuses a value, quote what
 * they refuse.
 */
public final class SessionCodecException extends SessionException {
  private static final long serialVersionUID = 1L;

  /** What was thrown, without its message. */
  private static final class Redacted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Redacted(Throwable thrown, @Nullable Throwable cause) {
      super(thrown.getClass().getName(), cause, false, true);
      setStackTrace(thrown.getStackTrace());
    }

    static @Nullable Throwable of(@Nullable Throwable thrown, Set<Throwable> seen) {
      if (thrown == null || thrown instanceof Redacted) {
        return thrown;
      }
      return seen.add(thrown) ? new Redacted(thrown, of(thrown.getCause(), seen)) : null;
    }
  }

  /**
   * @param message the type, the place in it where that is known, and the reason; nothing of the
   *     data
   * @param cause what the underlying library threw, or null
   */
  public SessionCodecException(String message, @Nullable Throwable cause) {
    super(message, Redacted.of(cause, Collections.newSetFromMap(new IdentityHashMap<>())));
  }
}
