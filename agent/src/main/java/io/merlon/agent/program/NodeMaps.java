package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The maps of one generation, pinned, and the programs that use them. */
final class NodeMaps implements AutoCloseable {
  private static final String INTERFACES = "interfaces";

  /** What one packet leaves behind while it is judged: no state. */
  private static final String SCRATCH = "scratch";

  private final Generation generation;
  private final Datapath kernel;
  private final OwnedMap<Integer, InterfaceEntry> interfaces;
  private final BpfMap<Integer, Subject> subjects;
  private final BpfMap<Integer, Counter> counters;
  private final Ledger ledger;
  private final ProgramPins programs;

  private NodeMaps(
      ProgramPins programs, Datapath kernel, OwnedMap<Integer, InterfaceEntry> interfaces) {
    this.generation = programs.generation();
    this.programs = programs;
    this.kernel = kernel;
    this.interfaces = interfaces;
    this.counters = kernel.object().map("counters", Codec.u32(), Books.codec());
    this.ledger = Ledger.open(generation, counters);
    this.subjects = kernel.object().map("subjects", Codec.u32(), Subject.CODEC);
  }

  /**
   * Loads the programs with the generation's maps, which are created where they are missing.
   * Programs of the same object that are pinned beside the maps are taken as they are.
   */
  static NodeMaps load(Generation generation, Map<String, Integer> entries) {
    BpfObjectSpec spec = spec(entries);
    spec.maps().stream()
        .map(MapSpec::name)
        .filter(name -> !name.equals(SCRATCH))
        .forEach(name -> spec.pinMap(name, generation.map(name)));
    ProgramPins programs = new ProgramPins(generation, spec.digest());
    Datapath kernel = programs.load(spec);
    OwnedMap<Integer, InterfaceEntry> interfaces = null;
    try {
      programs.pin(kernel);
      interfaces = interfaces(generation);
      return new NodeMaps(programs, kernel, interfaces);
    } catch (RuntimeException failure) {
      if (interfaces != null) {
        interfaces.close();
      }
      kernel.close();
      throw failure;
    }
  }

  private static BpfObjectSpec spec(Map<String, Integer> entries) {
    BpfObjectSpec spec = Datapath.spec();
    entries.forEach(spec::mapEntries);
    return spec;
  }

  private static OwnedMap<Integer, InterfaceEntry> interfaces(Generation generation) {
    Path pin = generation.map(INTERFACES);
    Codec<InterfaceEntry> values = InterfaceEntry.CODEC;
    if (Files.exists(pin)) {
      return BpfMap.openPinned(pin, Codec.u32(), values);
    }
    MapSpec spec =
        new MapSpec("merlon_ifaces", MapType.HASH, Integer.BYTES, values.size(), 1024)
            .withFlags(MapSpec.NO_PREALLOC);
    OwnedMap<Integer, InterfaceEntry> created = BpfMap.create(spec, Codec.u32(), values);
    try {
      created.pin(pin);
      return created;
    } catch (RuntimeException failure) {
      created.close();
      throw failure;
    }
  }

  /** Fails, saying what, unless all maps are pinned there, of the sizes wanted. */
  static void requireWhole(Generation generation, Map<String, Integer> entries) {
    for (MapSpec wanted : spec(entries).maps()) {
      if (!wanted.name().equals(SCRATCH)) {
        requirePinned(generation.map(wanted.name()));
        MapInfo info = Pins.mapInfo(generation.map(wanted.name()));
        if (!info.fits(wanted)) {
          throw new BpfException(
              "map %s has %d entries of %d and %d bytes, %d of %d and %d are wanted"
                  .formatted(
                      wanted.name(),
                      info.maxEntries(),
                      info.keySize(),
                      info.valueSize(),
                      wanted.maxEntries(),
                      wanted.keySize(),
                      wanted.valueSize()));
        }
      }
    }
    requirePinned(generation.map(INTERFACES));
  }

  private static void requirePinned(Path pin) {
    if (!Files.exists(pin)) {
      throw new BpfException("map " + pin.getFileName() + " is not pinned any more");
    }
  }

  /** Pins what lost its name; says which. */
  List<String> pinAgain() {
    PinLayout.createFolder(generation.folder());
    List<String> pinned = new ArrayList<>();
    Stream.concat(kernel.object().maps().stream(), Stream.of(INTERFACES))
        .filter(name -> !name.equals(SCRATCH) && !Files.exists(generation.map(name)))
        .sorted()
        .peek(this::pin)
        .forEach(name -> pinned.add("map " + name));
    ledger.pinAgain().forEach(name -> pinned.add("map " + name));
    programs.pin(kernel).forEach(hook -> pinned.add("program " + hook.program()));
    return pinned;
  }

  private void pin(String name) {
    if (name.equals(INTERFACES)) {
      interfaces.pin(generation.map(name));
    } else {
      kernel.object().pinMap(name, generation.map(name));
    }
  }

  Generation generation() {
    return generation;
  }

  Datapath kernel() {
    return kernel;
  }

  BpfMap<Integer, InterfaceEntry> interfaces() {
    return interfaces;
  }

  BpfMap<Integer, Subject> subjects() {
    return subjects;
  }

  BpfMap<Integer, Counter> counters() {
    return counters;
  }

  Ledger ledger() {
    return ledger;
  }

  int entries(String map) {
    return kernel.object().mapInfo(map).maxEntries();
  }

  @Override
  public void close() {
    ledger.close();
    interfaces.close();
    kernel.close();
  }
}
