package io.merlon.agent.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a program to its end. */
final class Shell {
  private Shell() {}

  /** Runs a command given as one line of words without quotes; what it prints comes back. */
  static String run(String line) {
    return run(List.of(line.split(" ", -1)), "");
  }

  /** Runs a command that reads {@code input}. */
  static String run(List<String> command, String input) {
    String line = String.join(" ", command);
    try {
      Process process = start(command);
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String printed =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int code = process.waitFor();
      if (code != 0) {
        throw new LabException(line + ": exit " + code + ": " + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new LabException(line + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException(line + ": interrupted");
    }
  }

  private static Process start(List<String> words) {
    try {
      return new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new LabException(e.getMessage() + ": is " + words.getFirst() + " installed?");
    }
  }
}
