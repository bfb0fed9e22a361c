package io.merlon.agent.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What the lab's agents are fed by: a link to the user's folder, and beside it a policy that
 * selects nobody, under a new name each round. An agent that enforces it has read the folder after
 * the round began.
 */
final class LabSource {
  static final String NAMESPACE = "merlon-lab";
  private static final String ROUND = "round-";

  private final Path folder;
  private int round;

  /** Makes it in a folder that is the lab's own. */
  LabSource(Path own, Path manifests) {
    try {
      this.folder = Files.createDirectory(own.resolve("source"));
      Files.createSymbolicLink(folder.resolve("manifests"), manifests.toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path folder() {
    return folder;
  }

  /** Begins a round; the name of its policy. */
  String nextRound() {
    round++;
    String name = ROUND + round;
    String manifest =
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: %s, namespace: %s}, spec: {podSelector: {}}}"
            .formatted(name, NAMESPACE);
    try {
      Path next = Files.writeString(folder.resolve(".round"), manifest);
      Files.move(next, folder.resolve("round.yaml"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return name;
  }
}
