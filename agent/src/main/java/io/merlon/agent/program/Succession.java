package io.merlon.agent.program;

import io.merlon.bpf.BpfException;
import io.merlon.netlink.Links;
import java.util.List;
import java.util.Set;

/** How a process comes into what the one before it left in the kernel. */
final class Succession {
  private final PinLayout layout;
  private final NodeState state;
  private final Hooks hooks;

  /** Whether old programs are still to be replaced, see {@link Adoption.Beside}. */
  private boolean beside;

  Succession(PinLayout layout, NodeState state, Hooks hooks) {
    this.layout = layout;
    this.state = state;
    this.hooks = hooks;
  }

  /** Adopts what is there, or begins anew, or beside what cannot be read. */
  Adoption begin(Opened opened, EnforcedInterfaces interfaces) {
    if (opened.reason() != null) {
      beside = true;
      layout.generations().stream()
          .filter(other -> !other.equals(state.maps().generation()))
          .forEach(state.maps().ledger()::include);
      return new Adoption.Beside(opened.reason());
    }
    if (opened.fresh()) {
      layout.putInForce(state.maps().generation());
      return new Adoption.Fresh();
    }
    List<HookPlace> there = interfaces.held();
    int different = hooks.different(there);
    there.stream().filter(place -> !hooks.isCurrent(place)).forEach(this::replace);
    return new Adoption.Adopted(state.endpoints().interfaces().size(), different);
  }

  /** Puts our program in the former one's place, unless the interface goes meanwhile. */
  private void replace(HookPlace place) {
    try {
      hooks.put(place);
    } catch (BpfException failure) {
      if (Links.list().stream().anyMatch(link -> link.ifindex() == place.ifindex())) {
        throw failure;
      }
    }
  }

  boolean isBeside() {
    return beside;
  }

  /** Takes the old programs' places, if any are left. */
  void takeOver(Set<HookPlace> places) {
    if (beside) {
      new TakeOver(layout, hooks, state.maps()).run(places);
      beside = false;
    }
  }
}
