package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.LinkPin;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.LinkInfo;
import io.merlon.bpf.OwnedProgram;
import io.merlon.bpf.Pins;
import io.merlon.bpf.TcxLink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Programs held at interfaces by tcx links, which are pinned. Their descriptors are kept open too:
 * so they survive this process, and also the loss of their names.
 */
final class TcxHooks implements AutoCloseable {
  private final PinLayout layout;
  private final Map<HookPlace, TcxLink> links = new HashMap<>();

  TcxHooks(PinLayout layout) {
    this.layout = layout;
  }

  /** Opens the links that are pinned; those that lost their interface are let go. */
  void adopt() {
    for (LinkPin pin : layout.linkPins()) {
      TcxLink link = TcxLink.openPinned(pin.path());
      HookPlace place = new HookPlace(pin.ifindex(), pin.hook());
      if (link.info().at(pin.ifindex(), place.direction())) {
        links.put(place, link);
      } else {
        Pins.unpin(pin.path());
        link.close();
      }
    }
  }

  boolean isAt(HookPlace place) {
    return links.containsKey(place);
  }

  /** Whether nobody has a link there. */
  boolean isFree(HookPlace place) {
    return TcxLink.programIds(place.ifindex(), place.direction()).isEmpty();
  }

  Set<HookPlace> places() {
    return Set.copyOf(links.keySet());
  }

  /** Attaches a program before all others, or puts it in the former one's place in one step. */
  void put(HookPlace place, BpfProgram program) {
    TcxLink present = links.get(place);
    if (present != null) {
      present.update(program);
      return;
    }
    attach(place, program);
  }

  /** Attaches a program that leaves every packet to what comes after it. */
  void begin(HookPlace place) {
    try (OwnedProgram aside = OwnedProgram.withoutOpinion(OurPrograms.ASIDE)) {
      attach(place, aside);
    }
  }

  private void attach(HookPlace place, BpfProgram program) {
    TcxLink link = TcxLink.attach(program, place.ifindex(), place.direction(), TcxLink.Place.FIRST);
    try {
      pin(place, link);
      links.put(place, link);
    } catch (RuntimeException failure) {
      link.close();
      throw failure;
    }
  }

  private void pin(HookPlace place, TcxLink link) {
    Path path = layout.link(place.ifindex(), place.hook());
    Pins.unpin(path);
    link.pin(path);
  }

  void remove(HookPlace place) {
    TcxLink link = links.remove(place);
    Pins.unpin(layout.link(place.ifindex(), place.hook()));
    if (link != null) {
      link.close(); // The last holder: the kernel detaches it.
    }
  }

  /** The id of the program there, unless somebody took it off. */
  OptionalInt programAt(HookPlace place) {
    @Nullable TcxLink link = links.get(place);
    if (link == null) {
      return OptionalInt.empty();
    }
    LinkInfo info = link.info();
    return info.at(place.ifindex(), place.direction())
        ? OptionalInt.of(info.programId())
        : OptionalInt.empty();
  }

  /** Whether a link had lost its name; it has it again. */
  boolean pinAgain(HookPlace place) {
    TcxLink link = links.get(place);
    if (link == null || Files.exists(layout.link(place.ifindex(), place.hook()))) {
      return false;
    }
    pin(place, link);
    return true;
  }

  @Override
  public void close() {
    links.values().forEach(TcxLink::close);
    links.clear();
  }
}
