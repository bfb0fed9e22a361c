package io.merlon.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command run to its end: what it printed, and how it ended. */
record Command(String line, int exit, String output) {
  private static final int SECONDS = 60;

  static Command run(List<String> command, String input) {
    return run(new ProcessBuilder(command).redirectErrorStream(true), input);
  }

  /** What it prints on a stream of its own for errors is part of its output only if it fails. */
  static Command run(ProcessBuilder builder, String input) {
    String line = String.join(" ", builder.command());
    try {
      Process process = builder.start();
      CompletableFuture<String> errors =
          CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = all(process.getInputStream());
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(line + " did not end within " + SECONDS + " s");
      }
      int exit = process.exitValue();
      return new Command(line, exit, exit == 0 ? output : output + errors.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + line, e);
    }
  }

  private static String all(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
