package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * The loaded libbpf. Every path into the generated bindings passes {@link #require} first, so that
 * an absent library is one sentence and not a failed class initialiser.
 */
final class Library {
  private static final String SONAME = "libbpf.so.1";

  private Library() {}

  /** Loaded once per process; the soname is pinned because 0.x has another error convention. */
  private static final class Loaded {
    static final Optional<SymbolLookup> LOOKUP = open(SONAME);
  }

  static Optional<SymbolLookup> open(String soname) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(soname, Arena.global()));
    } catch (IllegalArgumentException absent) {
      return Optional.empty();
    }
  }

  static boolean present() {
    return Loaded.LOOKUP.isPresent();
  }

  static void require() {
    if (Loaded.LOOKUP.isEmpty()) {
      throw absent(SONAME);
    }
    LibbpfLog.install();
  }

  static BpfException absent(String soname) {
    return new BpfException(
        soname + " was not found: install libbpf 1.1 or newer (Debian and Ubuntu: libbpf1)");
  }

  /** The address of a function, if this libbpf has it. */
  static Optional<MemorySegment> symbol(String name) {
    if (!present()) {
      throw absent(SONAME);
    }
    return Loaded.LOOKUP.flatMap(lookup -> lookup.find(name));
  }

  /** Fails with a sentence where the generated holder would fail with an initialiser error. */
  static void require(String name, Feature feature) {
    if (symbol(name).isEmpty()) {
      throw new UnsupportedFeatureException(
          feature, "this libbpf has no " + name + ": install a newer libbpf");
    }
  }
}
