package io.merlon.it;

import io.merlon.bpf.Pins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** One of a test's own, which ends with it, and with it all that is pinned there. */
final class BpfFileSystem implements AutoCloseable {
  private final Path path;

  BpfFileSystem() {
    try {
      path = Files.createTempDirectory("merlon-pins");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Pins.mount(path);
  }

  Path path() {
    return path;
  }

  /** What somebody pinned there. */
  List<String> left() {
    try (Stream<Path> entries = Files.list(path)) {
      // The kernel puts these into each of its file systems.
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.endsWith(".debug"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Command.run(List.of("umount", path.toString()), "").succeeded();
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
