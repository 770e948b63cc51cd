package org.typedsession.testing;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this library logs while it is open; {@link System.Logger} ends up in the JDK's logging. */
public final class Logs extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("org.typedsession");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  public Logs() {
    logger.addHandler(this);
  }

  public List<String> infos() {
    return texts(Level.INFO);
  }

  public List<String> warnings() {
    return texts(Level.WARNING);
  }

  public List<String> errors() {
    return texts(Level.SEVERE);
  }

  /** Everything that an operator sees unless asking for more. */
  public List<String> all() {
    return records.stream()
        .filter(record -> record.getLevel().intValue() >= Level.INFO.intValue())
        .map(LogRecord::getMessage)
        .toList();
  }

  /** What was logged with a stack trace. */
  public List<Throwable> failures() {
    return records.stream().map(LogRecord::getThrown).filter(Objects::nonNull).toList();
  }

  private List<String> texts(Level level) {
    return records.stream()
        .filter(record -> record.getLevel().equals(level))
        .map(LogRecord::getMessage)
        .toList();
  }

  @Override
  public void publish(LogRecord record) {
    records.add(record);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
