package org.typedsession.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * Recordings of JDK Flight Recorder, if they are asked for: they say where the time and the garbage
 * of a missed target go. What is recorded is run once more for it, and not counted.
 */
final class Profiles {
  private static final String SETTINGS = "profile";
  private static final long PATIENCE_SECONDS = 60;

  private final Path folder;
  private final boolean wanted;

  Profiles(Path folder, boolean wanted) throws IOException {
    this.folder = folder;
    this.wanted = wanted;
    if (wanted) {
      Files.createDirectories(folder);
    }
  }

  boolean wanted() {
    return wanted;
  }

  Path folder() {
    return folder;
  }

  private Path file(String name) {
    String plain =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return folder.resolve(plain + ".jfr");
  }

  /** Records this JVM while it does something. */
  <T> T record(String name, Callable<T> work) throws Exception {
    try (Recording recording = new Recording(Configuration.getConfiguration(SETTINGS))) {
      recording.start();
      T result = work.call();
      recording.stop();
      recording.dump(file(name));
      return result;
    } catch (ParseException e) {
      throw new IOException("the settings of this JDK", e);
    }
  }

  /** Records other JVMs while this one does something. */
  <T> T record(String name, List<Process> processes, Callable<T> work) throws Exception {
    for (Process process : processes) {
      jcmd(process, "JFR.start", "name=bench", "settings=" + SETTINGS);
    }
    T result = work.call();
    for (int i = 0; i < processes.size(); i++) {
      Path file = file("%s, node %d".formatted(name, i + 1));
      jcmd(processes.get(i), "JFR.stop", "name=bench", "filename=" + file.toAbsolutePath());
    }
    return result;
  }

  private static void jcmd(Process process, String... command)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add(Long.toString(process.pid()));
    line.addAll(List.of(command));
    Process jcmd =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!jcmd.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
      throw new IOException("failed: " + line);
    }
  }
}
