package io.merlon.agent.program;

import io.merlon.bpf.Direction;
import io.merlon.datapath.Hook;
import java.util.List;

/** Where a program of ours is, or should be. */
record HookPlace(int ifindex, Hook hook) {
  /** All places of an interface. */
  static List<HookPlace> of(int ifindex, boolean uplink) {
    List<Hook> hooks = uplink ? List.of(Hook.UPLINK) : List.of(Hook.FROM_POD, Hook.TO_POD);
    return hooks.stream().map(hook -> new HookPlace(ifindex, hook)).toList();
  }

  Direction direction() {
    return direction(hook);
  }

  static Direction direction(Hook hook) {
    return switch (hook) {
      case FROM_POD -> Direction.INGRESS;
      case TO_POD, UPLINK -> Direction.EGRESS;
    };
  }

  @Override
  public String toString() {
    return hook.program() + " at interface " + ifindex;
  }
}
