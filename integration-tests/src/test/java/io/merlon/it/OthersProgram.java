package io.merlon.it;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compiles and loads src/test/bpf/others.bpf.c. */
final class OthersProgram {
  private OthersProgram() {}

  static BpfObject load() throws IOException {
    Path object = Files.createTempFile("others", ".o");
    try {
      String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
      Command.run(
              List.of(
                  "clang",
                  "-O2",
                  "-g",
                  "--target=bpf",
                  "-I/usr/include/" + machine + "-linux-gnu",
                  "-c",
                  "src/test/bpf/others.bpf.c",
                  "-o",
                  object.toString()),
              "")
          .succeeded();
      return BpfObjectSpec.parse("others", Files.readAllBytes(object)).load();
    } finally {
      Files.delete(object);
    }
  }
}
