package io.merlon.agent.program;

import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.OwnedProgram;
import io.merlon.bpf.ProgramInfo;
import io.merlon.datapath.Hook;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the kernel's programs are ours, whichever process loaded them and by whatever version:
 * those that have our programs' names and use maps of our maps' names. A name alone is anybody's.
 */
final class OurPrograms {
  /** Attached for a moment, where a link takes a filter's place; it uses no maps. */
  static final String ASIDE = "merlon_aside";

  private static final List<String> MAPS = List.of("endpoints", "subjects", "config");

  private OurPrograms() {}

  static Set<Integer> ids() {
    Map<Integer, String> maps = new HashMap<>();
    for (MapInfo map : Inventory.maps("")) {
      maps.put(map.id(), map.name());
    }
    Set<Integer> ours = new HashSet<>();
    for (ProgramInfo program : Inventory.programs("")) {
      if (program.name().equals(ASIDE) || (isNamed(program) && uses(program.id(), maps))) {
        ours.add(program.id());
      }
    }
    return ours;
  }

  private static boolean isNamed(ProgramInfo program) {
    return Arrays.stream(Hook.values()).anyMatch(hook -> hook.program().equals(program.name()));
  }

  private static boolean uses(int program, Map<Integer, String> maps) {
    try (OwnedProgram opened = BpfProgram.openId(program)) {
      Set<String> used = new HashSet<>();
      opened.mapIds().forEach(id -> used.add(maps.getOrDefault(id, "")));
      return used.containsAll(MAPS);
    } catch (BpfException gone) {
      return false;
    }
  }
}
