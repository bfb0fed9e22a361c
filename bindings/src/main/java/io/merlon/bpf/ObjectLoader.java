package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Carries a spec's changes over to libbpf, loads, and keeps descriptors of what was loaded.
 * libbpf's own object, with its copies of the file and its type information, is freed at once.
 */
final class ObjectLoader {
  private final BpfObjectSpec spec;
  private final ObjectFile file;
  private final List<Fd> prototypes = new ArrayList<>();

  /** By the object's names: libbpf renames a map that it reuses. */
  private final Map<String, MemorySegment> maps = new LinkedHashMap<>();

  private final Set<MemorySegment> reused = new HashSet<>();

  /** What loading pins, as opposed to what it finds pinned. */
  private final List<Path> newPins = new ArrayList<>();

  private ObjectLoader(BpfObjectSpec spec, ObjectFile file) {
    this.spec = spec;
    this.file = file;
  }

  static BpfObject load(BpfObjectSpec spec) {
    try (ObjectFile file = ObjectFile.open(spec.name(), spec.elf())) {
      ObjectLoader loader = new ObjectLoader(spec, file);
      try {
        loader.prepare();
        loader.load();
        return loader.collect();
      } finally {
        loader.prototypes.forEach(Fd::close);
      }
    }
  }

  private void prepare() {
    file.forEachMap(this::prepareMap);
    file.forEachProgram(program -> {
      ProgramSpec wanted = spec.program(ObjectFile.programName(program));
      file.check(
          "bpf_program__set_autoload",
          Libbpf.bpf_program__set_autoload(program, wanted.autoload()),
          "program " + wanted.name());
    });
    ElfSymbols symbols = new ElfSymbols(spec.elf());
    spec.constants().forEach(constant -> setConstant(symbols, constant));
  }

  private void prepareMap(MemorySegment map) {
    MapSpec present = ObjectFile.mapSpec(map);
    MapSpec wanted = spec.map(present.name());
    maps.put(wanted.name(), map);
    String subject = "map " + wanted.name();
    if (wanted.maxEntries() != present.maxEntries()) {
      file.check(
          "bpf_map__set_max_entries",
          Libbpf.bpf_map__set_max_entries(map, wanted.maxEntries()),
          subject);
    }
    if (wanted.flags() != present.flags()) {
      file.check(
          "bpf_map__set_map_flags", Libbpf.bpf_map__set_map_flags(map, wanted.flags()), subject);
    }
    MapSpec inner = wanted.inner();
    if (inner != null && !inner.equals(present.inner())) {
      Fd prototype = MapCreation.create(inner);
      prototypes.add(prototype);
      file.check(
          "bpf_map__set_inner_map_fd",
          Libbpf.bpf_map__set_inner_map_fd(map, prototype.number()),
          subject);
    }
    preparePin(map, wanted, present);
    Fd other = spec.reused().get(wanted.name());
    if (other != null) {
      file.check("bpf_map__reuse_fd", Libbpf.bpf_map__reuse_fd(map, other.number()), subject);
      reused.add(map);
    }
  }

  private void preparePin(MemorySegment map, MapSpec wanted, MapSpec present) {
    Path pin = wanted.pin();
    if (pin != null) {
      Pins.requireBpffs(pin);
      if (Files.exists(pin)) {
        reused.add(map);
      } else {
        newPins.add(pin);
      }
    }
    if (!wanted.pinPath().equals(present.pinPath())) {
      MemorySegment path =
          pin == null ? MemorySegment.NULL : file.arena().allocateFrom(pin.toString());
      file.check(
          "bpf_map__set_pin_path", Libbpf.bpf_map__set_pin_path(map, path), "map " + wanted.name());
    }
  }

  private void setConstant(ElfSymbols symbols, Constant constant) {
    ElfSymbols.Symbol symbol =
        symbols
            .find(constant.variable())
            .filter(found -> found.section().startsWith(".rodata"))
            .orElseThrow(() ->
                new BpfException(
                    "object " + spec.name() + " has no constant " + constant.variable()));
    if (symbol.size() != constant.bytes().remaining()) {
      throw new BpfException(
          "constant %s of object %s has %d bytes, not %d"
              .formatted(
                  constant.variable(), spec.name(), symbol.size(), constant.bytes().remaining()));
    }
    MemorySegment section =
        Libbpf.bpf_object__find_map_by_name(
            file.pointer(), file.arena().allocateFrom(symbol.section()));
    constantMemory(symbol, section).copyFrom(MemorySegment.ofBuffer(constant.bytes()));
  }

  /** Where libbpf keeps the constant until it loads; a damaged symbol may lie anywhere. */
  private MemorySegment constantMemory(ElfSymbols.Symbol symbol, MemorySegment section) {
    if (!section.equals(MemorySegment.NULL)) {
      if (reused.contains(section)) {
        throw new BpfException(
            "the constants of object %s lie in a map that it did not create"
                .formatted(spec.name()));
      }
      MemorySegment size = file.arena().allocate(ValueLayout.JAVA_LONG);
      MemorySegment values = Libbpf.bpf_map__initial_value(section, size);
      long length = values.equals(MemorySegment.NULL) ? 0 : size.get(ValueLayout.JAVA_LONG, 0);
      if (symbol.offset() >= 0 && symbol.offset() <= length - symbol.size()) {
        return values.reinterpret(length).asSlice(symbol.offset(), symbol.size());
      }
    }
    throw new BpfException(
        "%s in section %s of object %s lies outside of it"
            .formatted(symbol.name(), symbol.section(), spec.name()));
  }

  private void load() {
    try (LibbpfLog log = LibbpfLog.capture()) {
      int result = Libbpf.bpf_object__load(file.pointer());
      if (result < 0) {
        throw log.failure("bpf_object__load", -result, "object " + spec.name());
      }
    }
  }

  private BpfObject collect() {
    Map<String, Fd> loaded = new LinkedHashMap<>();
    Map<String, Fd> programs = new LinkedHashMap<>();
    try {
      maps.forEach((name, map) -> keep(loaded, "map ", name, Libbpf.bpf_map__fd(map)));
      file.forEachProgram(program -> {
        String name = ObjectFile.programName(program);
        if (spec.program(name).autoload()) {
          keep(programs, "program ", name, Libbpf.bpf_program__fd(program));
        }
      });
      return new BpfObject(spec.name(), loaded, programs);
    } catch (RuntimeException failure) {
      loaded.values().forEach(Fd::close);
      programs.values().forEach(Fd::close);
      newPins.forEach(Pins::unpin);
      throw failure;
    }
  }

  private static void keep(Map<String, Fd> kept, String kind, String name, int fd) {
    kept.put(name, Fd.duplicateOf(fd, kind + name));
  }
}
