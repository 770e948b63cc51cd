package org.typedsession.cdi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this library logs while it is open; {@link System.Logger} ends up in the JDK's logging. */
final class Logs extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("org.typedsession");
  private final List<LogRecord> records = Collections.synchronizedList(new ArrayList<>());

  Logs() {
    logger.addHandler(this);
  }

  List<String> infos() {
    return texts(Level.INFO);
  }

  List<String> warnings() {
    return texts(Level.WARNING);
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
