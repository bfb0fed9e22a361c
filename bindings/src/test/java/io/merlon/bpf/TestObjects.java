package io.merlon.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Compiles the C programs of src/test/bpf, each once per run. */
final class TestObjects {
  private static final Map<String, byte[]> COMPILED = new ConcurrentHashMap<>();

  private TestObjects() {}

  static byte[] elf(String name) {
    return COMPILED.computeIfAbsent(name, TestObjects::compile).clone();
  }

  static BpfObjectSpec spec(String name) {
    return BpfObjectSpec.parse(name, elf(name));
  }

  private static byte[] compile(String name) {
    try {
      Path source = Path.of("src/test/bpf", name + ".bpf.c");
      Path object = Files.createTempFile(name, ".o");
      String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
      Process clang =
          new ProcessBuilder(
                  "clang",
                  "-O2",
                  "-g",
                  "-Wall",
                  "-Werror",
                  "--target=bpf",
                  "-I/usr/include/" + machine + "-linux-gnu",
                  "-c",
                  source.toString(),
                  "-o",
                  object.toString())
              .inheritIO()
              .start();
      if (!clang.waitFor(60, TimeUnit.SECONDS) || clang.exitValue() != 0) {
        throw new IllegalStateException("clang failed on " + source);
      }
      byte[] elf = Files.readAllBytes(object);
      Files.delete(object);
      return elf;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
