package io.merlon.agent.program;

import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Inventory;
import io.merlon.datapath.Hook;
import io.merlon.netlink.Qdisc;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Programs as filters of an interface's clsact qdisc. The kernel itself holds them; nothing lists
 * them but the interfaces. A qdisc we needed stays, as others may use it by now.
 */
record ClsactHooks(int priority) {
  /** "MR": marks our filters among those of the same priority. */
  private static final int HANDLE = 0x4d52;

  private ClsactFilter filter(HookPlace place) {
    return new ClsactFilter(place.ifindex(), place.direction(), priority, HANDLE);
  }

  /**
   * Makes sure of the qdisc. An ingress qdisc of somebody's, as the bandwidth plugin of CNI adds
   * it, takes its place: it has no egress, and it is not ours to remove.
   */
  static boolean isPossible(int ifindex) {
    ClsactFilter.createQdisc(ifindex);
    return Qdisc.isClsact(ifindex);
  }

  OptionalInt programAt(HookPlace place) {
    return filter(place).programId();
  }

  /** Attaches a program, or puts it in our former one's place in one step. */
  void put(HookPlace place, BpfProgram program) {
    ClsactFilter.createQdisc(place.ifindex());
    filter(place).attach(program);
  }

  void remove(HookPlace place) {
    filter(place).detach();
  }

  /** Takes our filters off an interface, whichever process attached them. */
  void removeAll(int ifindex) {
    for (Hook hook : Hook.values()) {
      HookPlace place = new HookPlace(ifindex, hook);
      OptionalInt id = programAt(place);
      if (id.isPresent() && isOurs(place, id.getAsInt())) {
        remove(place);
      }
    }
  }

  /** Who may not list programs goes by the name, beside priority and handle. */
  private boolean isOurs(HookPlace place, int program) {
    return Inventory.isAllowed()
        ? OurPrograms.ids().contains(program)
        : filter(place).programName().equals(Optional.of(place.hook().program()));
  }
}
