package shop;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.typedsession.Session;

/** Changes the account as the parameter {@code act} says, and shows it. */
@WebServlet("/act")
public final class ActServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Account> session;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    show(response);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String act = request.getParameter("act");
    String pause = request.getParameter("pause");
    if (pause != null) {
      // Work that takes its time, with the session in use.
      session.data();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(pause)));
    }
    session.update(account -> account.after(act));
    session.save();
    show(response);
  }

  private void show(HttpServletResponse response) throws IOException {
    response.setContentType("application/json");
    response
        .getWriter()
        .print(
            "{\"version\":\"%s\",\"live\":%b,\"kind\":\"%s\",\"count\":%d,\"account\":\"%s\"}"
                .formatted(
                    Account.VERSION,
                    !session.isNew(),
                    session.data().getClass().getSimpleName(),
                    session.data().count(),
                    session.data()));
  }
}
