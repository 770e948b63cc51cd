package shop;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.typedsession.SessionEvent;

/** Writes to the log which sessions were ended because they could not be read. */
@ApplicationScoped
public class Ended {
  private static final System.Logger LOGGER = System.getLogger(Ended.class.getName());

  void observe(@Observes SessionEvent.SessionUndecodable event) {
    LOGGER.log(System.Logger.Level.INFO, "ended unread: {0}", event.handle());
  }
}
