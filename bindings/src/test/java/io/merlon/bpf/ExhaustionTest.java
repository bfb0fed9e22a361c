package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process at its limit of open files. */
@ExtendWith(LeakCheck.class)
class ExhaustionTest {
  @Test
  void aLoadThatRunsOutOfDescriptorsLeavesNothing(@TempDir Path folder) throws IOException {
    Path object = Files.write(folder.resolve("basic.o"), TestObjects.elf("basic"));
    try (TestBpffs bpffs = new TestBpffs()) {
      String output =
          Command.run(
              Command.jvm(
                  ExhaustionMain.class,
                  List.of("prlimit", "--nofile=200"),
                  object.toString(),
                  bpffs.path("hash").toString()));
      // One for each map and program that libbpf makes, and one for each that is kept.
      assertTrue(output.matches("1\\d failures, no leak\n"), output);
    }
  }
}
