package io.merlon.bpf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
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
  private final Map<String, Fd> reused = new HashMap<>();
  private final Map<String, BpfProgram> loaded = new HashMap<>();
  private final Map<String, Constant> constants = new LinkedHashMap<>();

  private BpfObjectSpec(String name, byte[] elf, ObjectFile.Contents contents) {
    this.name = name;
    this.elf = elf;
    this.maps = new LinkedHashMap<>(contents.maps());
    this.programs = new LinkedHashMap<>(contents.programs());
  }

  private BpfObjectSpec(BpfObjectSpec other) {
    this.name = other.name;
    this.elf = other.elf;
    this.maps = new LinkedHashMap<>(other.maps);
    this.programs = new LinkedHashMap<>(other.programs);
    this.reused.putAll(other.reused);
    this.loaded.putAll(other.loaded);
    this.constants.putAll(other.constants);
  }

  /** A spec to be changed by itself. */
  BpfObjectSpec copy() {
    return new BpfObjectSpec(this);
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

  /** A short name of what the file and the constants hold: equal names are equal programs. */
  public String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(elf);
      for (Constant constant : constants.values()) {
        digest.update(constant.variable().getBytes(StandardCharsets.UTF_8));
        digest.update(constant.bytes());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every jdk has sha-256", e);
    }
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
    reused.put(map, existing.fd);
    return this;
  }

  /** Loading uses the maps of an object loaded from this spec, constants included. */
  BpfObjectSpec useMapsOf(BpfObject object) {
    for (MapSpec spec : maps()) {
      MapInfo info = object.mapInfo(spec.name());
      map(spec.unpinned().withMaxEntries(info.maxEntries()).withFlags(info.flags()));
      reused.put(spec.name(), object.fd(spec.name()));
    }
    constants.clear();
    return this;
  }

  /**
   * Loading takes this program, which an earlier loading of the same object made on the same maps,
   * and the verifier need not look at it again. It is borrowed until then.
   */
  public BpfObjectSpec useProgram(String program, BpfProgram existing) {
    if (!program(program).name().startsWith(existing.name())) {
      throw new BpfException(
          "program " + existing.name() + " cannot be program " + program + " of object " + name);
    }
    loaded.put(program, existing);
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

  Map<String, Fd> reused() {
    return reused;
  }

  Map<String, BpfProgram> loaded() {
    return loaded;
  }

  List<Constant> constants() {
    return List.copyOf(constants.values());
  }

  /** Loads maps and programs; if any fails, none stays. */
  public BpfObject load() {
    return ObjectLoader.load(this);
  }

  /**
   * Loads maps and then programs, all of these at the same time; if any fails, none stays. It is
   * for objects whose programs take the verifier long.
   */
  public BpfObject loadInParallel() {
    return PartLoader.load(this);
  }
}
