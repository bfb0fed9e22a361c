package io.merlon.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the network policy agent of the Amazon VPC CNI at work on this node. It enforces the same
 * policies at the same interfaces; where both do, each drops what it denies, and neither can say
 * why the other did. It may be switched on at any time: whoever asks looks again.
 */
final class OtherEnforcer {
  private static final Logger LOG = LoggerFactory.getLogger(OtherEnforcer.class);

  /** Where it pins a program for each pod, below the BPF file system. */
  private static final Path PROGRAMS = Path.of("globals", "aws", "programs");

  private final Path pinRoot;
  private boolean seen;

  OtherEnforcer(Path pinRoot) {
    this.pinRoot = pinRoot;
  }

  /** How many programs of it are pinned. That there are any, or none any more, is logged once. */
  synchronized long programs() {
    long programs = pinned();
    if (programs > 0 && !seen) {
      LOG.atWarn()
          .addKeyValue("programs", programs)
          .log("the VPC CNI's network policy agent enforces on this node too");
    } else if (programs == 0 && seen) {
      LOG.atInfo().log("the VPC CNI's network policy agent enforces on this node no more");
    }
    seen = programs > 0;
    return programs;
  }

  /** The same as what is wrong with this node, if it is. */
  List<String> problems() {
    long programs = programs();
    return programs == 0
        ? List.of()
        : List.of(
            "the VPC CNI's network policy agent enforces on this node too: %d programs of it are pinned"
                .formatted(programs));
  }

  private long pinned() {
    Path bpffs = pinRoot.toAbsolutePath().getParent();
    if (bpffs == null || !Files.isDirectory(bpffs.resolve(PROGRAMS))) {
      return 0;
    }
    try (Stream<Path> pins = Files.list(bpffs.resolve(PROGRAMS))) {
      return pins.count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // gone, or not ours to read
    }
  }
}
