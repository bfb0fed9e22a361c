package io.merlon.agent.program;

import io.merlon.agent.program.Inspection.Damage;
import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.Errno;
import io.merlon.bpf.Pins;
import io.merlon.netlink.NetlinkException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks whether everything of ours is as we left it, and repairs what is not. What cannot be
 * repaired keeps nothing else from it: it is reported, and tried again the next time.
 */
final class Inspector {
  private final PinLayout layout;
  private final NodeState state;
  private final Hooks hooks;
  private final HeldInterfaces held;
  private final List<Repair> repairs = new ArrayList<>();
  private final List<Damage> damages = new ArrayList<>();

  Inspector(PinLayout layout, NodeState state, Hooks hooks, HeldInterfaces held) {
    this.layout = layout;
    this.state = state;
    this.hooks = hooks;
    this.held = held;
  }

  /**
   * Looks once.
   *
   * @param inForce whether our maps are the ones in force; until then names and programs are still
   *     another generation's
   * @param wanted the places where programs of ours should be
   * @param settled how many filters may become links meanwhile
   */
  Inspection inspect(boolean inForce, Set<HookPlace> wanted, int settled) {
    if (inForce) {
      attempt(0, this::restoreFolders);
    }
    attempt(0, this::pinAgain);
    if (inForce) {
      wanted.forEach(place -> attempt(place.ifindex(), () -> hooks.check(place)));
      settle(wanted, settled);
    }
    attempt(0, state::repair);
    attempt(0, held::repair);
    return new Inspection(repairs, damages);
  }

  private void settle(Set<HookPlace> wanted, int most) {
    int left = most;
    for (HookPlace place : wanted) {
      if (left > 0 && hooks.isUnsettled(place)) {
        left--;
        attempt(
            place.ifindex(),
            () -> {
              hooks.settle(place);
              return List.of();
            });
      }
    }
  }

  private List<Repair> restoreFolders() {
    Generation generation = state.maps().generation();
    if (layout.intact(generation)) {
      return List.of();
    }
    boolean mounted = Pins.onBpffs(layout.root());
    layout.create();
    PinLayout.createFolder(generation.folder());
    layout.putInForce(generation);
    Repair.Kind kind = mounted ? Repair.Kind.PIN : Repair.Kind.FILE_SYSTEM;
    return List.of(new Repair(kind, layout.root().toString()));
  }

  private List<Repair> pinAgain() {
    return state.maps().pinAgain().stream().map(name -> new Repair(Repair.Kind.PIN, name)).toList();
  }

  private void attempt(int ifindex, Supplier<List<Repair>> look) {
    try {
      repairs.addAll(look.get());
    } catch (BpfException failure) {
      if (ifindex == 0 || failure.errno() != Errno.ENODEV) {
        damages.add(new Damage(ifindex, String.valueOf(failure.getMessage())));
      } // An interface that went meanwhile is the link watch's to tell.
    } catch (NetlinkException | UncheckedIOException failure) {
      damages.add(new Damage(ifindex, String.valueOf(failure.getMessage())));
    }
  }
}
