package io.merlon.bpf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A loaded object: owns the descriptors of its maps and programs. What it hands out borrows them
 * and ends with it; links and pins live on.
 */
public final class BpfObject implements AutoCloseable {
  private final String name;
  private final Map<String, Fd> maps;
  private final Map<String, BpfProgram> programs;
  private final List<Fd> owned;

  BpfObject(String name, Map<String, Fd> maps, Map<String, Fd> programs) {
    this.name = name;
    this.maps = maps;
    this.owned = new ArrayList<>(maps.values());
    this.owned.addAll(programs.values());
    this.programs = new LinkedHashMap<>();
    programs.forEach((program, fd) -> this.programs.put(program, new BpfProgram(fd)));
  }

  public String name() {
    return name;
  }

  /** The names of the maps. */
  public Set<String> maps() {
    return Set.copyOf(maps.keySet());
  }

  /** The programs that were loaded. */
  public List<BpfProgram> programs() {
    return List.copyOf(programs.values());
  }

  public BpfProgram program(String program) {
    BpfProgram found = programs.get(program);
    if (found == null) {
      throw new BpfException("object " + name + " loaded no program " + program);
    }
    return found;
  }

  /** A view of a map; keys and values of other sizes than the codecs' are refused. */
  public <K, V> BpfMap<K, V> map(String map, Codec<K> keys, Codec<V> values) {
    Fd fd = fd(map);
    return new BpfMap<>(fd, MapInfo.of(fd.number(), fd.subject()), keys, values);
  }

  /** What the kernel says of a map. */
  public MapInfo mapInfo(String map) {
    Fd fd = fd(map);
    return MapInfo.of(fd.number(), fd.subject());
  }

  /** The descriptor of a map, valid while the object is open. */
  public int mapFd(String map) {
    return fd(map).number();
  }

  /** Gives a map a name in the BPF file system. */
  public void pinMap(String map, Path path) {
    Pins.pin(fd(map), path);
  }

  /** A map of maps, by its keys. */
  public <K> MapOfMaps<K> mapOfMaps(String map, Codec<K> keys) {
    return MapOfMaps.of(map(map, keys, Codec.u32()));
  }

  Fd fd(String map) {
    Fd fd = maps.get(map);
    if (fd == null) {
      throw new BpfException("object " + name + " has no map " + map);
    }
    return fd;
  }

  @Override
  public void close() {
    owned.forEach(Fd::close);
  }
}
