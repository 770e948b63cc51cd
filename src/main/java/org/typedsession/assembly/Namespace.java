package org.typedsession.assembly;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.typedsession.servlet.WebContext;

/** What tells the sessions of one application from those of others in one cache. */
sealed interface Namespace {
  /** How many bytes of the hash a key begins with: too many for anybody to find a second path. */
  int TAG_BYTES = 16;

  /** What the settings name. All deployments that name the same share their sessions. */
  record Named(String name) implements Namespace {
    @Override
    public String application() {
      return name;
    }

    @Override
    public String canonical() {
      return "named\0" + name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Where a web application is served. */
  record OfContext(String virtualServer, String path) implements Namespace {
    private static final String ROOT = "ROOT";

    static OfContext of(WebContext context) {
      return new OfContext(context.virtualServer(), context.path());
    }

    @Override
    public Optional<String> host() {
      return Optional.of(virtualServer);
    }

    @Override
    public String application() {
      return path.isEmpty() ? ROOT : path;
    }

    @Override
    public String canonical() {
      return "context\0" + virtualServer + "\0" + path;
    }

    @Override
    public String toString() {
      return virtualServer + " " + (path.isEmpty() ? "/" : path);
    }
  }

  /** The server's name of an application that uses its stores outside of a web context. */
  record OfApplication(String name) implements Namespace {
    @Override
    public String application() {
      return name;
    }

    @Override
    public String canonical() {
      return "application\0" + name;
    }

    @Override
    public String toString() {
      return "application " + name;
    }
  }

  /** An application that has neither a web context nor a name. */
  record Unknown() implements Namespace {
    @Override
    public String application() {
      return "default";
    }

    @Override
    public String canonical() {
      return "unknown";
    }

    @Override
    public String toString() {
      return "default";
    }
  }

  /**
   * Where the current thread works. A listener of the application may come before the filter, and
   * an enterprise bean before both.
   */
  static Namespace here() {
    return WebContext.current()
        .<Namespace>map(OfContext::of)
        .or(() -> ApplicationName.find().map(OfApplication::new))
        .orElseGet(Unknown::new);
  }

  /** The virtual host that tells the application from others of its name, if there is one. */
  default Optional<String> host() {
    return Optional.empty();
  }

  /** What the application is called among those of this server, for people. */
  String application();

  /** A text that no other namespace has, of whatever kind. */
  String canonical();

  /** What the keys of the sessions of {@code type} begin with, on every node the same. */
  default String tag(DataType type) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((canonical() + "\0" + type).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, TAG_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
