package org.typedsession;

import static org.typedsession.Requirements.require;
import static org.typedsession.Requirements.requireText;

import java.util.Objects;
import java.util.Optional;

/**
 * The cookie of one type of session. HttpOnly is not among its attributes: it is always set.
 *
 * <p>What browsers ask of prefixes, domains and paths is checked when the application starts.
 *
 * <p>Later versions may add components: {@link #builder()} keeps compiling then, the constructor
 * does not.
 *
 * @param name the whole name, with its prefix if it has one; empty: {@code __Host-session}, with
 *     what tells it from the cookies of other applications on the host and of other types in this
 *     one
 * @param path the Path attribute, beginning with a slash
 * @param domain the Domain attribute; empty for a cookie of this host only
 * @param secure whether the cookie is for HTTPS only; false is for development
 * @param sameSite the SameSite attribute
 * @param partitioned whether the cookie is kept apart per top-level site
 * @param overHttp what becomes of it over plain HTTP, if it is for HTTPS only
 */
public record SessionCookieConfiguration(
    Optional<String> name,
    String path,
    Optional<String> domain,
    boolean secure,
    SameSite sameSite,
    boolean partitioned,
    OverHttp overHttp) {

  /** Host-only, for the whole host, HTTPS only, Lax. */
  public static final SessionCookieConfiguration DEFAULT =
      new SessionCookieConfiguration(
          Optional.empty(), "/", Optional.empty(), true, SameSite.LAX, false, OverHttp.ACCEPT);

  /** Which requests of other sites carry the cookie. */
  public enum SameSite {
    /** Top-level navigation. */
    LAX("Lax"),
    /** None. */
    STRICT("Strict"),
    /** All; needs a secure cookie. */
    NONE("None");

    private final String attribute;

    SameSite(String attribute) {
      this.attribute = attribute;
    }

    /** As the attribute spells it. */
    public String attribute() {
      return attribute;
    }
  }

  /** What becomes of a Secure cookie that arrives over plain HTTP. */
  public enum OverHttp {
    /** It counts, as it has to where HTTPS ends in front of the server. */
    ACCEPT,
    /** It counts as no cookie. */
    IGNORE
  }

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public SessionCookieConfiguration {
    Objects.requireNonNull(sameSite, "sameSite");
    Objects.requireNonNull(overHttp, "overHttp");
    requireText("name", name);
    requireText("domain", domain);
    require(path.startsWith("/"), "path must begin with /, was '" + path + "'");
  }

  /** Begins with {@link #DEFAULT}. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** Begins with these values. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Sets the components of a {@link SessionCookieConfiguration} by name, in any order; what is not
   * set stays as it was. Values are judged by {@link #build}.
   *
   * <p>Not safe for use by many threads.
   */
  public static final class Builder {
    private Optional<String> name;
    private String path;
    private Optional<String> domain;
    private boolean secure;
    private SameSite sameSite;
    private boolean partitioned;
    private OverHttp overHttp;

    private Builder(SessionCookieConfiguration from) {
      name = from.name;
      path = from.path;
      domain = from.domain;
      secure = from.secure;
      sameSite = from.sameSite;
      partitioned = from.partitioned;
      overHttp = from.overHttp;
    }

    /** Sets the whole name. */
    public Builder name(String name) {
      return name(Optional.of(name));
    }

    /** Sets the whole name, or takes it away. */
    public Builder name(Optional<String> name) {
      this.name = name;
      return this;
    }

    /** Sets the Path attribute. */
    public Builder path(String path) {
      this.path = path;
      return this;
    }

    /** Sets the Domain attribute. */
    public Builder domain(String domain) {
      return domain(Optional.of(domain));
    }

    /** Sets the Domain attribute, or takes it away. */
    public Builder domain(Optional<String> domain) {
      this.domain = domain;
      return this;
    }

    /** Sets whether the cookie is for HTTPS only. */
    public Builder secure(boolean secure) {
      this.secure = secure;
      return this;
    }

    /** Sets the SameSite attribute. */
    public Builder sameSite(SameSite sameSite) {
      this.sameSite = sameSite;
      return this;
    }

    /** Sets whether the cookie is kept apart per top-level site. */
    public Builder partitioned(boolean partitioned) {
      this.partitioned = partitioned;
      return this;
    }

    /** Sets what becomes of it over plain HTTP. */
    public Builder overHttp(OverHttp overHttp) {
      this.overHttp = overHttp;
      return this;
    }

    /**
     * The values as they are set now.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public SessionCookieConfiguration build() {
      return new SessionCookieConfiguration(
          name, path, domain, secure, sameSite, partitioned, overHttp);
    }
  }
}
