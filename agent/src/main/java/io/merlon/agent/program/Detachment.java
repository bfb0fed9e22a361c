package io.merlon.agent.program;

import io.merlon.bpf.BpfException;
import io.merlon.bpf.Feature;
import io.merlon.bpf.Pins;
import io.merlon.bpf.Support;
import io.merlon.bpf.TcxLink;
import io.merlon.netlink.Links;

/** Takes everything of ours out of the kernel and nothing else, whoever put it there. */
record Detachment(PinLayout layout, int priority) {
  static Detachment of(DatapathSettings settings) {
    return new Detachment(new PinLayout(settings.root()), settings.clsactPriority());
  }

  void run() {
    layout.linkPins().forEach(Detachment::detach);
    ClsactHooks filters = new ClsactHooks(priority);
    Links.list().forEach(link -> filters.removeAll(link.ifindex()));
    if (Pins.onBpffs(layout.root())) {
      layout.removeAll();
    }
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
}
