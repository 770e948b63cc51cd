package shop;

import java.util.List;
import java.util.stream.Stream;
import org.typedsession.Privilege;

/** The session data after the change: without themes, with what was seen, staff and partners. */
public sealed interface Account {
  String VERSION = "new";

  int count();

  /** What becomes of it by an act of the client. */
  Account after(String act);

  /** Nobody in particular. */
  record Guest(int count, List<String> seen) implements Account {
    @Override
    public Account after(String act) {
      return act.equals("log-in")
          ? new Member("Ada", false, count, seen)
          : act.equals("count") ? new Guest(count + 1, more(seen)) : this;
    }
  }

  /** Somebody who has logged in. */
  record Member(@Privilege String name, @Privilege boolean staff, int count, List<String> seen)
      implements Account {
    @Override
    public Account after(String act) {
      return switch (act) {
        case "rename" -> new Member(name.equals("Ada") ? "Grace" : "Ada", staff, count, seen);
        case "count" -> new Member(name, staff, count + 1, more(seen));
        case "partner" -> new Partner(name, count);
        default -> this;
      };
    }
  }

  /** Somebody whom the old version does not know. */
  record Partner(@Privilege String company, int count) implements Account {
    @Override
    public Account after(String act) {
      return act.equals("count") ? new Partner(company, count + 1) : this;
    }
  }

  // The last three; fails without a list, as application code does.
  private static List<String> more(List<String> seen) {
    return Stream.concat(seen.stream().skip(Math.max(0, seen.size() - 2)), Stream.of("counted"))
        .toList();
  }
}
