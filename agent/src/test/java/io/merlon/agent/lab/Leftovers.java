package io.merlon.agent.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Processes of a lab. Its namespaces, mounts and BPF objects are reachable through them alone, so
 * where none is left nothing is.
 */
final class Leftovers {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(20);

  private Leftovers() {}

  /** Processes, but for this one, with a word in their command line, after what time they need. */
  static List<String> of(String word) throws IOException {
    long end = System.nanoTime() + PATIENCE;
    List<String> left = find(word);
    while (!left.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(STEP);
      left = find(word);
    }
    return left;
  }

  private static List<String> find(String word) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String line = commandLine(process);
        if (line.contains(word)) {
          found.add(process.getFileName() + ": " + line);
        }
      }
    }
    return found;
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
          .replace('\0', ' ');
    } catch (IOException e) {
      return ""; // It has ended.
    }
  }
}
