package io.merlon.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long each node takes to have another agent: from the moment its old one is told to go to the
 * moment the next one is ready, by a watch of the agents' pods.
 */
record Replacements(Process watch, Map<String, Leaving> leaving, Map<String, Long> millis)
    implements AutoCloseable {
  private static final String FIELDS =
      "{.spec.nodeName}|{.metadata.name}|{.metadata.deletionTimestamp}|{.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}";

  /** A pod that was told to go. */
  private record Leaving(String pod, long since) {}

  static Replacements begin() {
    try {
      Process watch =
          new ProcessBuilder(
                  "kubectl",
                  "--namespace=" + Release.NAMESPACE,
                  "get",
                  "pods",
                  "--watch",
                  "--output=jsonpath=" + FIELDS)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      Replacements replacements =
          new Replacements(watch, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
      Thread.ofVirtual().start(replacements::read);
      return replacements;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        see(line.split("\\|", -1));
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  /** Node, pod, when it was told to go, whether it is ready. */
  private void see(String[] pod) {
    if (!pod[2].isEmpty()) {
      leaving.putIfAbsent(pod[0], new Leaving(pod[1], System.nanoTime()));
      return;
    }
    Leaving old = leaving.get(pod[0]);
    if (old != null && !old.pod().equals(pod[1]) && pod[3].equals("True")) {
      millis.putIfAbsent(pod[0], Duration.ofNanos(System.nanoTime() - old.since()).toMillis());
    }
  }

  @Override
  public void close() {
    watch.destroy();
  }
}
