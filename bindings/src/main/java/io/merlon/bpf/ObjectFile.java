package io.merlon.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_object_open_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** An object file opened by libbpf and not loaded. */
final class ObjectFile implements AutoCloseable {
  /** Bound after {@link Library#require} has seen that the function is there. */
  private static final class Opening {
    /**
     * Returns a pointer, so its error is in errno, which the generated binding does not capture.
     */
    static final MethodHandle OPEN_MEM =
        LibC.errnoHandle(
            Library.address("bpf_object__open_mem"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  }

  private final String name;
  private final Arena arena;
  private final MemorySegment pointer;

  private ObjectFile(String name, Arena arena, MemorySegment pointer) {
    this.name = name;
    this.arena = arena;
    this.pointer = pointer;
  }

  /** What an object file holds, by name. */
  record Contents(Map<String, MapSpec> maps, Map<String, ProgramSpec> programs) {}

  static Contents read(String name, byte[] elf) {
    try (ObjectFile file = open(name, elf)) {
      return file.contents();
    }
  }

  static ObjectFile open(String name, byte[] elf) {
    Library.require();
    Arena arena = Arena.ofConfined();
    try {
      return new ObjectFile(name, arena, openMemory(name, elf, arena));
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  private static MemorySegment openMemory(String name, byte[] elf, Arena arena) {
    try (LibbpfLog log = LibbpfLog.capture()) {
      MemorySegment options = bpf_object_open_opts.allocate(arena);
      bpf_object_open_opts.sz(options, options.byteSize());
      bpf_object_open_opts.object_name(options, arena.allocateFrom(name));
      // libbpf keeps pointers into the file until the object is closed.
      MemorySegment file = arena.allocate(Math.max(1, elf.length), 8);
      MemorySegment.copy(elf, 0, file, ValueLayout.JAVA_BYTE, 0, elf.length);
      MemorySegment state = arena.allocate(LibC.CALL_STATE);
      MemorySegment object =
          (MemorySegment) Opening.OPEN_MEM.invokeExact(state, file, (long) elf.length, options);
      if (object.equals(MemorySegment.NULL)) {
        throw log.failure("bpf_object__open_mem", LibC.errno(state), "object " + name);
      }
      return object;
    } catch (Throwable failure) {
      throw LibC.propagate(failure);
    }
  }

  private Contents contents() {
    Map<String, MapSpec> maps = new LinkedHashMap<>();
    forEachMap(map -> {
      MapSpec spec = mapSpec(map);
      maps.put(spec.name(), spec);
    });
    Map<String, ProgramSpec> programs = new LinkedHashMap<>();
    forEachProgram(program -> {
      ProgramSpec spec = programSpec(program);
      programs.put(spec.name(), spec);
    });
    return new Contents(maps, programs);
  }

  MemorySegment pointer() {
    return pointer;
  }

  Arena arena() {
    return arena;
  }

  void forEachMap(Consumer<MemorySegment> visitor) {
    MemorySegment map = Libbpf.bpf_object__next_map(pointer, MemorySegment.NULL);
    while (!map.equals(MemorySegment.NULL)) {
      visitor.accept(map);
      map = Libbpf.bpf_object__next_map(pointer, map);
    }
  }

  void forEachProgram(Consumer<MemorySegment> visitor) {
    MemorySegment program = Libbpf.bpf_object__next_program(pointer, MemorySegment.NULL);
    while (!program.equals(MemorySegment.NULL)) {
      visitor.accept(program);
      program = Libbpf.bpf_object__next_program(pointer, program);
    }
  }

  static String mapName(MemorySegment map) {
    return Libbpf.bpf_map__name(map).getString(0);
  }

  static String programName(MemorySegment program) {
    return Libbpf.bpf_program__name(program).getString(0);
  }

  static MapSpec mapSpec(MemorySegment map) {
    MemorySegment inner = Libbpf.bpf_map__inner_map(map);
    MemorySegment pin = Libbpf.bpf_map__pin_path(map);
    return new MapSpec(
        mapName(map),
        MapType.of(Libbpf.bpf_map__type(map)),
        Libbpf.bpf_map__key_size(map),
        Libbpf.bpf_map__value_size(map),
        Libbpf.bpf_map__max_entries(map),
        Libbpf.bpf_map__map_flags(map),
        inner.equals(MemorySegment.NULL) ? null : mapSpec(inner),
        pin.equals(MemorySegment.NULL) ? null : Path.of(pin.getString(0)));
  }

  private static ProgramSpec programSpec(MemorySegment program) {
    return new ProgramSpec(
        programName(program),
        Libbpf.bpf_program__section_name(program).getString(0),
        Libbpf.bpf_program__type(program),
        Libbpf.bpf_program__insn_cnt(program),
        Libbpf.bpf_program__autoload(program));
  }

  /** Throws what went wrong when an edit of the opened object is refused. */
  void check(String call, int result, String subject) {
    if (result < 0) {
      throw new BpfException(call, -result, subject + " of object " + name);
    }
  }

  @Override
  public void close() {
    Libbpf.bpf_object__close(pointer);
    arena.close();
  }
}
