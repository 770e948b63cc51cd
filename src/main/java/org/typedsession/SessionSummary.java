package org.typedsession;

import java.time.Instant;
import java.util.Optional;

/**
 * What a list of sessions says of one: enough for its user to know it by, and nothing that opens
 * it.
 *
 * @param handle names it, for {@link SessionStore#end(String, SessionHandle)}
 * @param label what the application called it by {@link Session#setLabel}
 * @param createdAt when it was first stored
 * @param renewedAt when its expiry was last moved: about when it was last used
 * @param authenticatedAt when its user last showed who they are
 * @param expiry from when on it is unusable, unless it is used before
 */
public record SessionSummary(
    SessionHandle handle,
    Optional<String> label,
    Instant createdAt,
    Instant renewedAt,
    Optional<Instant> authenticatedAt,
    SessionExpiry expiry) {}
