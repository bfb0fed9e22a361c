package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The datapath as another release might bring it: the same source, compiled to other code. */
final class ChangedProgram implements AutoCloseable {
  private static final String PACKAGE = "io/merlon/datapath";

  private final Path folder;

  ChangedProgram() {
    try {
      this.folder = Files.createTempDirectory("changed");
      Files.createDirectories(folder.resolve(PACKAGE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
    Command.run(
            List.of(
                "clang",
                "-target",
                "bpf",
                "-mlittle-endian",
                "-mcpu=v3",
                "-Os",
                "-g",
                "-std=gnu11",
                "-idirafter",
                "/usr/include/" + machine + "-linux-gnu",
                "-c",
                "../bpf/src/enforce.bpf.c",
                "-o",
                object().toString()),
            "")
        .succeeded();
  }

  private Path object() {
    return folder.resolve(PACKAGE).resolve("enforce.bpf.o");
  }

  /** What makes the agent's virtual machine take this object for its own. */
  String javaOptions() {
    return "--patch-module=io.merlon.datapath=" + folder;
  }

  @Override
  public void close() {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
