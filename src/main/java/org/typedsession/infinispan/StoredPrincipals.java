package org.typedsession.infinispan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.PrincipalRecord;

/**
 * The entries of one store that tell which sessions a principal has. Each is under a hash of the
 * name, and does not hold the name.
 */
final class StoredPrincipals {
  private final StoredSessions entries;
  private final RandomGenerator random;

  /** What is stored; null if nothing is. */
  private record Version(@Nullable String text) {
    @Override
    public String toString() {
      return "Version[" + (text == null ? 0 : text.length()) + " bytes]";
    }
  }

  /**
   * @param random draws the marks of writes
   */
  StoredPrincipals(StoredSessions entries, RandomGenerator random) {
    this.entries = entries;
    this.random = random;
  }

  PrincipalRecord.Stored lookUp(String name) {
    String text = entries.getPrincipal(hash(name));
    if (text == null) {
      return new PrincipalRecord.Stored(PrincipalRecord.NONE, new Version(null));
    }
    if (EntryFormat.decode(text) instanceof StoredEntry.Principal stored) {
      return new PrincipalRecord.Stored(stored.principal(), new Version(text));
    }
    // Of a later version of this library: it knows who was ended, and this one does not.
    throw new SessionStoreUnavailableException(
        "the sessions of a principal are stored in a format that is not known", null);
  }

  boolean write(String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    if (!(expected.version() instanceof Version version)) {
      throw new IllegalArgumentException("that version is of another connector");
    }
    String before = version.text;
    String text =
        EntryFormat.encode(
            new StoredEntry.Principal(
                before == null ? 0 : EntryFormat.writeId(before), random.nextLong(), principal));
    // The one atomic step: whoever replaces what was read has decided; everyone else reads again.
    return before == null
        ? entries.createPrincipal(hash(name), text, principal.keptUntil())
        : entries.replacePrincipal(hash(name), before, text, principal.keptUntil());
  }

  static String hash(String name) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
