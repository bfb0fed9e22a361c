package io.merlon.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A BPF file system of one test, mounted in a folder of its own. */
final class TestBpffs implements AutoCloseable {
  private final Path root;

  TestBpffs() {
    try {
      this.root = Files.createTempDirectory("merlon-bpffs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.run("mount", "-t", "bpf", "bpf", root.toString());
  }

  Path path(String name) {
    return root.resolve(name);
  }

  @Override
  public void close() {
    Command.run("umount", root.toString());
    try {
      Files.delete(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
