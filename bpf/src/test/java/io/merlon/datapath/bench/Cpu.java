package io.merlon.datapath.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps the calling thread on one processor, so that no migration is measured. */
public final class Cpu {
  private Cpu() {}

  /** The measured one: the last, since the first serves most interrupts. */
  public static int measured() {
    return Runtime.getRuntime().availableProcessors() - 1;
  }

  public static void pinThread(int cpu) {
    try {
      String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
      Process taskset =
          new ProcessBuilder("taskset", "-p", "-c", Integer.toString(cpu), thread)
              .redirectErrorStream(true)
              .start();
      String said =
          new String(taskset.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (taskset.waitFor() != 0) {
        throw new IllegalStateException("taskset: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The machine's load, which what misses the caches suffers from. */
  static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
