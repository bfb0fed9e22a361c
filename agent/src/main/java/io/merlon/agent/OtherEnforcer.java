package io.merlon.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the network policy agent of the Amazon VPC CNI at work on this node. It enforces the same
 * policies at the same interfaces; where both do, each drops what it denies, and neither can say
 * why the other did.
 */
final class OtherEnforcer {
  /** Where it pins a program for each pod, below the BPF file system. */
  private static final Path PROGRAMS = Path.of("globals", "aws", "programs");

  private OtherEnforcer() {}

  /** How many programs of it are pinned, if any are. */
  static Optional<Long> programs(Path pinRoot) {
    Path bpffs = pinRoot.toAbsolutePath().getParent();
    if (bpffs == null || !Files.isDirectory(bpffs.resolve(PROGRAMS))) {
      return Optional.empty();
    }
    try (Stream<Path> pins = Files.list(bpffs.resolve(PROGRAMS))) {
      return Optional.of(pins.count()).filter(count -> count > 0);
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // gone, or not ours to read
    }
  }
}
