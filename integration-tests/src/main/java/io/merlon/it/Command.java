package io.merlon.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command run to its end: what it printed on both streams, and how it ended. */
record Command(String line, int exit, String output) {
  private static final int SECONDS = 60;

  static Command run(List<String> command, String input) {
    String line = String.join(" ", command);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(line + " did not end within " + SECONDS + " s");
      }
      return new Command(line, process.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + line, e);
    }
  }

  /** What it printed; failing is an error. */
  String succeeded() {
    if (exit != 0) {
      throw new IllegalStateException("%s: exit %d: %s".formatted(line, exit, output));
    }
    return output;
  }
}
