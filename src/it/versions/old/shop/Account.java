package shop;

import org.typedsession.Privilege;

/** The session data before the change. */
public sealed interface Account {
  String VERSION = "old";

  int count();

  /** What becomes of it by an act of the client. */
  Account after(String act);

  /** Nobody in particular. */
  record Guest(int count, String theme) implements Account {
    @Override
    public Account after(String act) {
      return act.equals("log-in")
          ? new Member("Ada", count, theme)
          : act.equals("count") ? new Guest(count + 1, theme) : this;
    }
  }

  /** Somebody who has logged in. */
  record Member(@Privilege String name, int count, String theme) implements Account {
    @Override
    public Account after(String act) {
      return act.equals("rename")
          ? new Member(name.equals("Ada") ? "Grace" : "Ada", count, theme)
          : act.equals("count") ? new Member(name, count + 1, theme) : this;
    }
  }
}
