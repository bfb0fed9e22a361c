package io.merlon.agent;

import io.merlon.agent.config.ConfigurationException;
import io.merlon.agent.lab.LabException;
import io.merlon.bpf.BpfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What is wrong around us, in one sentence, and the process's exit code for it. */
record Complaint(String text, int exitCode) {
  static final int USAGE = 2;

  /** Nothing if the mistake is ours, which is told with its trace. */
  static Optional<Complaint> about(Exception error) {
    return switch (error) {
      case ConfigurationException _ -> Optional.of(of(error, USAGE));
      case BpfException _, LabException _, IOException _, UncheckedIOException _ ->
          Optional.of(of(error, 1));
      default -> Optional.empty();
    };
  }

  private static Complaint of(Exception error, int exitCode) {
    return new Complaint("merlon: " + error.getMessage(), exitCode);
  }
}
