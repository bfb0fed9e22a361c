package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.OwnedProgram;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of loaded programs beside those of their maps. They are there so that the next process,
 * if it is made of the same object, takes the programs as they are: it need not wait for the
 * verifier. Nothing is enforced by them.
 *
 * @param digest of the object
 */
record ProgramPins(Generation generation, String digest) {
  /** Maps that each of our programs uses. */
  private static final List<String> USED = List.of("endpoints", "subjects", "config");

  /** Loads an object on the generation's maps, with the programs that are pinned. */
  Datapath load(BpfObjectSpec spec) {
    Map<Hook, OwnedProgram> kept = open();
    try {
      kept.forEach((hook, program) -> spec.useProgram(hook.program(), program));
      return Datapath.load(spec);
    } finally {
      kept.values().forEach(OwnedProgram::close);
    }
  }

  private Map<Hook, OwnedProgram> open() {
    Map<Hook, OwnedProgram> found = new EnumMap<>(Hook.class);
    for (Hook hook : Hook.values()) {
      open(generation.program(digest, hook)).ifPresent(program -> found.put(hook, program));
    }
    return found;
  }

  private Optional<OwnedProgram> open(Path pin) {
    if (!Files.exists(pin)) {
      return Optional.empty();
    }
    try {
      OwnedProgram program = BpfProgram.openPinned(pin);
      if (isOnOurMaps(program)) {
        return Optional.of(program);
      }
      program.close();
    } catch (BpfException foreign) {
      // Somebody else's thing under our name: ours is loaded anew.
    }
    return Optional.empty();
  }

  private boolean isOnOurMaps(OwnedProgram program) {
    List<Integer> used = program.mapIds();
    return USED.stream()
        .map(generation::map)
        .allMatch(pin -> Files.exists(pin) && used.contains(Pins.mapInfo(pin).id()));
  }

  /** Pins what has no name yet, and takes other objects' names away; says what it pinned. */
  List<Hook> pin(Datapath kernel) {
    for (Path other : generation.programs()) {
      if (!other.getFileName().toString().startsWith("program_" + digest)) {
        Pins.unpin(other);
      }
    }
    List<Hook> pinned = new ArrayList<>();
    for (Hook hook : Hook.values()) {
      Path pin = generation.program(digest, hook);
      if (!Files.exists(pin)) {
        kernel.program(hook).pin(pin);
        pinned.add(hook);
      }
    }
    return pinned;
  }
}
