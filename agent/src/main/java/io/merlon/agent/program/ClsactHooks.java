package io.merlon.agent.program;

import io.merlon.agent.program.Hooks.Place;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.ProgramInfo;
import io.merlon.datapath.Hook;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Programs as filters of an interface's clsact qdisc. The kernel itself holds them; nothing lists
 * them but the interfaces. A qdisc we needed stays, as others may use it by now.
 */
record ClsactHooks(int priority) {
  /** "MR": marks our filters among those of the same priority. */
  private static final int HANDLE = 0x4d52;

  private ClsactFilter filter(Place place) {
    return new ClsactFilter(place.ifindex(), place.direction(), priority, HANDLE);
  }

  OptionalInt programAt(Place place) {
    return filter(place).programId();
  }

  /** Attaches a program, or puts it in our former one's place in one step. */
  void put(Place place, BpfProgram program) {
    ClsactFilter.createQdisc(place.ifindex());
    filter(place).attach(program);
  }

  void remove(Place place) {
    filter(place).detach();
  }

  /** Takes our filters off an interface, whichever process attached them. */
  void removeAll(int ifindex) {
    Map<Integer, String> names = new HashMap<>();
    for (Hook hook : Hook.values()) {
      Place place = new Place(ifindex, hook);
      OptionalInt id = programAt(place);
      if (id.isPresent()) {
        if (names.isEmpty()) {
          for (ProgramInfo program : Inventory.programs("")) {
            names.put(program.id(), program.name());
          }
        }
        if (isOurs(names.getOrDefault(id.getAsInt(), ""))) {
          remove(place);
        }
      }
    }
  }

  private static boolean isOurs(String program) {
    return Arrays.stream(Hook.values()).anyMatch(hook -> hook.program().equals(program));
  }
}
