package org.typedsession.infinispan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.typedsession.testing.Campaign;

/** What became of the sessions of one trial under one fault. */
final class FaultFigures {
  private static final String HEADER =
      "mode,fault,sessions,acknowledged,refused,unknown,forks,forked answers,moved twice,lost,"
          + "acknowledged and lost,nodes disagree,no answer"
          + System.lineSeparator();

  private final LongAdder sessions = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder forks = new LongAdder();
  private final LongAdder forkedAnswers = new LongAdder();
  private final LongAdder movedTwice = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder lostAcknowledged = new LongAdder();
  private final LongAdder disagreed = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private final Queue<String> histories = new ConcurrentLinkedQueue<>();

  void session() {
    sessions.increment();
  }

  void acknowledged() {
    acknowledged.increment();
  }

  void refused() {
    refused.increment();
  }

  void unknown() {
    unknown.increment();
  }

  /** More than one id of the session is accepted. */
  void forked() {
    forks.increment();
  }

  /** More than one remap of the same id was acknowledged. */
  void forkedAnswers() {
    forkedAnswers.increment();
  }

  /** The session went on under more than one of its ids. */
  void movedTwice() {
    movedTwice.increment();
  }

  /** No id of the session is accepted. */
  void lost() {
    lost.increment();
  }

  /** A remap was acknowledged whose id is not accepted. */
  void lostAcknowledged() {
    lostAcknowledged.increment();
  }

  /** One node accepts the id that another refuses. */
  void disagreed() {
    disagreed.increment();
  }

  /** A cluster that is whole again did not tell about a session for a long time. */
  void unanswered() {
    unanswered.increment();
  }

  long sessions() {
    return sessions.sum();
  }

  /** How many times a promise was broken. */
  long broken() {
    return forks.sum()
        + forkedAnswers.sum()
        + movedTwice.sum()
        + lost.sum()
        + lostAcknowledged.sum()
        + disagreed.sum()
        + unanswered.sum();
  }

  /** Adds the figures to the report on all campaigns, and what went wrong to its histories. */
  void report(String campaign) {
    new Campaign(
            campaign,
            sessions(),
            forks.sum() + forkedAnswers.sum() + movedTwice.sum(),
            lost.sum() + lostAcknowledged.sum(),
            disagreed.sum() + unanswered.sum(),
            Optional.empty())
        .report(histories);
  }

  /** What became of a session of which a promise was broken. */
  void history(String history) {
    histories.add(history);
  }

  /** Appends a line to {@code target/contract/NAME.csv}. */
  void publish(String name, String mode, String fault) {
    Path file = Path.of("target", "contract", name + ".csv");
    try {
      Files.createDirectories(file.getParent());
      String line = (Files.exists(file) ? "" : HEADER) + row(mode, fault) + System.lineSeparator();
      Files.writeString(
          file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String row(String mode, String fault) {
    return String.join(
        ",",
        mode,
        fault,
        sessions.toString(),
        acknowledged.toString(),
        refused.toString(),
        unknown.toString(),
        forks.toString(),
        forkedAnswers.toString(),
        movedTwice.toString(),
        lost.toString(),
        lostAcknowledged.toString(),
        disagreed.toString(),
        unanswered.toString());
  }

  @Override
  public String toString() {
    return HEADER.strip() + " = " + row("", "");
  }
}
