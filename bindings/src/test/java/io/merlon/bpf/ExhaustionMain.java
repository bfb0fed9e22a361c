package io.merlon.bpf;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Loads an object with no descriptor free, then one, then two, until it loads; run by a test in a
 * JVM with a low limit.
 */
final class ExhaustionMain {
  private ExhaustionMain() {}

  public static void main(String[] arguments) throws IOException {
    Path pin = Path.of(arguments[1]);
    byte[] elf = Files.readAllBytes(Path.of(arguments[0]));
    rehearse(elf, pin);
    BpfObjectSpec spec = BpfObjectSpec.parse("basic", elf).pinMap("hash", pin);
    Map<String, String> before = LeakCheck.open();
    List<FileInputStream> held = holdAll();
    int failures = 0;
    boolean loaded = false;
    while (!loaded) {
      try {
        spec.load().close();
        loaded = true;
      } catch (BpfException failure) {
        failures++;
        if (failure.errno() != Errno.EMFILE || failure instanceof VerifierException) {
          throw failure;
        }
        if (Files.exists(pin)) {
          throw new IllegalStateException("pinned although " + failure.getMessage());
        }
      }
      held.removeLast().close();
    }
    for (FileInputStream one : held) {
      one.close();
    }
    System.out.println(
        failures + " failures, " + (LeakCheck.open().equals(before) ? "no leak" : "a leak"));
  }

  /** Classes are read from files, which must not be the ones that cannot be opened. */
  private static void rehearse(byte[] elf, Path pin) {
    BpfObjectSpec.parse("basic", elf).pinMap("hash", pin).load().close();
    Pins.unpin(pin);
    try {
      BpfObjectSpec.parse("basic", elf).mapEntries("hash", 0).load().close();
      throw new IllegalStateException("loaded a map of no entries");
    } catch (BpfException expected) {
      if (expected.errno() != Errno.EINVAL) {
        throw expected;
      }
    }
  }

  private static List<FileInputStream> holdAll() {
    List<FileInputStream> held = new ArrayList<>();
    while (true) {
      try {
        held.add(new FileInputStream("/dev/null"));
      } catch (IOException full) {
        return held;
      }
    }
  }
}
