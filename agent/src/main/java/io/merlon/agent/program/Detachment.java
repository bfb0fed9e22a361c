package io.merlon.agent.program;

import io.merlon.bpf.BpfException;
import io.merlon.bpf.Feature;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.LinkInfo;
import io.merlon.bpf.Pins;
import io.merlon.bpf.Support;
import io.merlon.bpf.TcxLink;
import io.merlon.datapath.Hook;
import io.merlon.netlink.Links;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes everything of ours out of the kernel and nothing else, whoever put it there. */
record Detachment(PinLayout layout, int priority) {
  static Detachment of(DatapathSettings settings) {
    return new Detachment(new PinLayout(settings.root()), settings.clsactPriority());
  }

  void run() {
    layout.linkPins().forEach(Detachment::detach);
    // Who may not list links takes them off by their names. Those without one are another's.
    if (Feature.TCX.support() == Support.SUPPORTED && Inventory.isAllowed()) {
      detachUnpinned();
    }
    ClsactHooks filters = new ClsactHooks(priority);
    Links.list().forEach(link -> filters.removeAll(link.ifindex()));
    if (Pins.onBpffs(layout.root())) {
      layout.removeAll();
    }
    HeldInterfaces.removeAll();
  }

  /** Detached rather than only unpinned: a running process may hold it too. */
  private static void detach(PinLayout.LinkPin pin) {
    if (Feature.TCX.support() == Support.SUPPORTED) {
      try (TcxLink link = TcxLink.openPinned(pin.path())) {
        link.detach();
      } catch (BpfException foreign) {
        // Somebody else's thing under our name, or a link whose interface has gone: only the name.
      }
    }
    Pins.unpin(pin.path());
  }

  /**
   * Links whose names are gone are held by a process that runs, or by names in another mount
   * namespace. The kernel lists links of all network namespaces, and an index means something in
   * its own only; what tells ours is the program, which is at an interface of this one.
   */
  private static void detachUnpinned() {
    Set<LinkAt> here = new HashSet<>();
    Set<Integer> ours = OurPrograms.ids();
    for (var link : Links.list()) {
      for (Hook hook : Hook.values()) {
        for (int id : programs(link.ifindex(), hook)) {
          if (ours.contains(id)) {
            here.add(new LinkAt(id, new HookPlace(link.ifindex(), hook)));
          }
        }
      }
    }
    for (LinkInfo link : Inventory.tcxLinks()) {
      if (here.stream().anyMatch(at -> at.isThis(link))) {
        detach(link);
      }
    }
  }

  /** A link by what it attaches where. */
  private record LinkAt(int program, HookPlace place) {
    boolean isThis(LinkInfo link) {
      return link.programId() == program && link.at(place.ifindex(), place.direction());
    }
  }

  private static List<Integer> programs(int ifindex, Hook hook) {
    try {
      return TcxLink.programIds(ifindex, HookPlace.direction(hook));
    } catch (BpfException gone) {
      return List.of();
    }
  }

  private static void detach(LinkInfo link) {
    try (TcxLink opened = TcxLink.openId(link.id())) {
      opened.detach();
    } catch (BpfException gone) {
      // With its interface, or with the process that held it.
    }
  }
}
