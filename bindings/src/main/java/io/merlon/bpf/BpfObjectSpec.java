package io.merlon.bpf;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object file as read: its maps and programs can be listed and changed, and nothing of it is in
 * the kernel. It holds no native memory and can be loaded any number of times.
 */
public final class BpfObjectSpec {
  private final String name;
  private final byte[] elf;
  private final Map<String, MapSpec> maps;
  private final Map<String, ProgramSpec> programs;
  private final Map<String, BpfMap<?, ?>> reused = new HashMap<>();
  private final Map<String, Constant> constants = new LinkedHashMap<>();

  private BpfObjectSpec(String name, byte[] elf, ObjectFile.Contents contents) {
    this.name = name;
    this.elf = elf;
    this.maps = new LinkedHashMap<>(contents.maps());
    this.programs = new LinkedHashMap<>(contents.programs());
  }

  /**
   * Reads an ELF object compiled for the bpf target.
   *
   * @param name the object's, the prefix of its data maps' names in the kernel
   */
  public static BpfObjectSpec parse(String name, byte[] elf) {
    byte[] copy = elf.clone();
    return new BpfObjectSpec(name, copy, ObjectFile.read(name, copy));
  }

  public String name() {
    return name;
  }

  byte[] elf() {
    return elf;
  }

  public List<MapSpec> maps() {
    return List.copyOf(maps.values());
  }

  public List<ProgramSpec> programs() {
    return List.copyOf(programs.values());
  }

  public MapSpec map(String map) {
    MapSpec spec = maps.get(map);
    if (spec == null) {
      throw new BpfException("object " + name + " has no map " + map);
    }
    return spec;
  }

  public ProgramSpec program(String program) {
    ProgramSpec spec = programs.get(program);
    if (spec == null) {
      throw new BpfException("object " + name + " has no program " + program);
    }
    return spec;
  }

  /** Replaces the map of the same name; type and key and value sizes stay the object's. */
  public BpfObjectSpec map(MapSpec spec) {
    MapSpec present = map(spec.name());
    if (present.type() != spec.type()
        || present.keySize() != spec.keySize()
        || present.valueSize() != spec.valueSize()) {
      throw new BpfException(
          "map " + spec.name() + " of object " + name + " has another type or other sizes");
    }
    maps.put(spec.name(), spec);
    return this;
  }

  public BpfObjectSpec mapEntries(String map, int entries) {
    return map(map(map).withMaxEntries(entries));
  }

  public BpfObjectSpec mapFlags(String map, int flags) {
    return map(map(map).withFlags(flags));
  }

  /**
   * Loading pins the map there, or uses the one that is pinned there if it is of the same shape.
   */
  public BpfObjectSpec pinMap(String map, Path path) {
    return map(map(map).pinnedAt(path));
  }

  /** Loading uses this map, of any number of entries; it is borrowed until then. */
  public BpfObjectSpec useMap(String map, BpfMap<?, ?> existing) {
    MapInfo info = existing.info();
    MapSpec wanted = map(map).withMaxEntries(info.maxEntries()).withFlags(info.flags());
    if (!info.fits(wanted)) {
      throw new BpfException("map " + info.name() + " cannot be map " + map + " of object " + name);
    }
    reused.put(map, existing);
    return this;
  }

  public BpfObjectSpec autoload(String program, boolean load) {
    programs.put(program, program(program).withAutoload(load));
    return this;
  }

  /** Sets a {@code const volatile} variable, which the verifier then treats as known. */
  public <T> BpfObjectSpec constant(String variable, Codec<T> codec, T value) {
    constants.put(variable, Constant.of(variable, codec, value));
    return this;
  }

  Map<String, BpfMap<?, ?>> reused() {
    return reused;
  }

  List<Constant> constants() {
    return List.copyOf(constants.values());
  }

  /** Loads maps and programs; if any fails, none stays. */
  public BpfObject load() {
    return ObjectLoader.load(this);
  }
}
