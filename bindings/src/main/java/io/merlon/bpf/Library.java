package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The loaded libbpf. Every path into the generated bindings passes {@link #require} first: an
 * absent library or function is then one sentence, where a generated holder would fail in its
 * initialiser. Functions that only a {@link Feature} needs are that feature's.
 */
final class Library {
  private static final String SONAME = "libbpf.so.1";

  /** What nothing works without; all of it is in libbpf 1.1. */
  static final List<String> CORE =
      List.of(
          "libbpf_set_print",
          "libbpf_major_version",
          "libbpf_minor_version",
          "libbpf_num_possible_cpus",
          "bpf_object__open_mem",
          "bpf_object__load",
          "bpf_object__close",
          "bpf_object__next_program",
          "bpf_object__next_map",
          "bpf_object__find_map_by_name",
          "bpf_program__name",
          "bpf_program__section_name",
          "bpf_program__type",
          "bpf_program__insn_cnt",
          "bpf_program__autoload",
          "bpf_program__set_autoload",
          "bpf_program__fd",
          "bpf_map__name",
          "bpf_map__type",
          "bpf_map__key_size",
          "bpf_map__value_size",
          "bpf_map__max_entries",
          "bpf_map__map_flags",
          "bpf_map__inner_map",
          "bpf_map__pin_path",
          "bpf_map__fd",
          "bpf_map__set_max_entries",
          "bpf_map__set_map_flags",
          "bpf_map__set_pin_path",
          "bpf_map__reuse_fd",
          "bpf_map__set_inner_map_fd",
          "bpf_map__initial_value",
          "bpf_map_create",
          "bpf_map_update_elem",
          "bpf_map_lookup_elem",
          "bpf_map_lookup_and_delete_elem",
          "bpf_map_delete_elem",
          "bpf_map_get_next_key",
          "bpf_map_freeze",
          "bpf_obj_pin",
          "bpf_obj_get",
          "bpf_obj_get_info_by_fd",
          "bpf_prog_get_next_id",
          "bpf_map_get_next_id",
          "bpf_link_get_next_id",
          "bpf_prog_get_fd_by_id",
          "bpf_map_get_fd_by_id",
          "bpf_link_get_fd_by_id",
          "bpf_prog_load",
          "bpf_prog_test_run_opts");

  private Library() {}

  /** Loaded once per process; the soname is pinned because 0.x has another error convention. */
  private static final class Loaded {
    static final @Nullable SymbolLookup LOOKUP = open();
    static final Optional<String> MISSING = CORE.stream().filter(name -> !has(name)).findFirst();

    private static @Nullable SymbolLookup open() {
      try {
        return SymbolLookup.libraryLookup(SONAME, Arena.global());
      } catch (IllegalArgumentException absent) {
        return null;
      }
    }

    static boolean has(String name) {
      return LOOKUP != null && LOOKUP.find(name).isPresent();
    }
  }

  static void require() {
    if (Loaded.LOOKUP == null) {
      throw new BpfException(
          SONAME + " was not found: install libbpf 1.1 or newer (Debian and Ubuntu: libbpf1)");
    }
    if (Loaded.MISSING.isPresent()) {
      throw new BpfException(
          SONAME + " has no " + Loaded.MISSING.get() + ": install libbpf 1.1 or newer");
    }
    LibbpfLog.install();
  }

  /** Fails with a sentence if the library is absent or lacks what the feature needs. */
  static void require(Feature feature) {
    require();
    if (!offers(feature)) {
      throw new UnsupportedFeatureException(
          feature, SONAME + " has no call for " + feature.text() + ": install a newer libbpf");
    }
  }

  /** Whether every function the feature needs is there. */
  static boolean offers(Feature feature) {
    return feature.symbols().stream().allMatch(Loaded::has);
  }

  /** The address of a function of {@link #CORE}. */
  static MemorySegment address(String name) {
    require();
    SymbolLookup lookup = Loaded.LOOKUP;
    if (lookup == null) {
      throw new IllegalStateException(SONAME + " is not loaded");
    }
    return lookup.findOrThrow(name);
  }
}
