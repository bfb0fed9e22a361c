package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.LinkPin;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.bpf.Feature;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.LinkInfo;
import io.merlon.bpf.Pins;
import io.merlon.bpf.ProgramInfo;
import io.merlon.bpf.Support;
import io.merlon.bpf.TcxLink;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Hook;
import io.merlon.netlink.Links;
import io.merlon.netlink.RouteMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Our programs at interfaces. By tcx a link holds each, pinned, and its descriptor is kept open: so
 * it survives this process, and also the loss of its name. By clsact the kernel itself holds the
 * filter.
 *
 * <p>Our tcx programs run first, our filters at the priority that is set; both then leave the
 * packet to whatever else is there. Nothing of others is touched, a qdisc we needed stays.
 */
final class Hooks implements AutoCloseable {
  /** "MR": marks our filters among those of the same priority. */
  private static final int HANDLE = 0x4d52;

  private final PinLayout layout;
  private final boolean tcx;
  private final int priority;
  private final Map<Place, TcxLink> links = new HashMap<>();
  private Datapath programs;

  /** Where a program is. */
  record Place(int ifindex, Hook hook) {
    Direction direction() {
      return direction(hook);
    }

    static Direction direction(Hook hook) {
      return switch (hook) {
        case FROM_POD -> Direction.INGRESS;
        case TO_POD, UPLINK -> Direction.EGRESS;
      };
    }
  }

  Hooks(PinLayout layout, DatapathSettings settings, Datapath programs) {
    this.layout = layout;
    this.priority = settings.clsactPriority();
    this.programs = programs;
    this.tcx =
        switch (settings.hook()) {
          case BEST -> Feature.TCX.support() == Support.SUPPORTED;
          case TCX -> true;
          case CLSACT -> false;
        };
  }

  static List<Hook> of(boolean uplink) {
    return uplink ? List.of(Hook.UPLINK) : List.of(Hook.FROM_POD, Hook.TO_POD);
  }

  private BpfProgram program(Hook hook) {
    return programs.program(hook);
  }

  private ClsactFilter filter(Place place) {
    return new ClsactFilter(place.ifindex, place.direction(), priority, HANDLE);
  }

  /** Opens the links that are pinned; those that lost their interface are let go. */
  void adopt() {
    for (LinkPin pin : layout.linkPins()) {
      TcxLink link = TcxLink.openPinned(pin.path());
      Place place = new Place(pin.ifindex(), pin.hook());
      if (link.info().at(pin.ifindex(), place.direction())) {
        links.put(place, link);
      } else {
        Pins.unpin(pin.path());
        link.close();
      }
    }
  }

  /** Whether a program of ours, of whatever generation, is at a place. */
  boolean isAt(Place place) {
    return tcx ? links.containsKey(place) : filter(place).programId().isPresent();
  }

  /** Attaches a program, or puts it in our former one's place in one step. */
  void put(Place place) {
    if (!tcx) {
      ClsactFilter.createQdisc(place.ifindex);
      filter(place).attach(program(place.hook));
      return;
    }
    TcxLink present = links.get(place);
    if (present != null) {
      present.update(program(place.hook));
      return;
    }
    TcxLink link =
        TcxLink.attach(program(place.hook), place.ifindex, place.direction(), TcxLink.Place.FIRST);
    try {
      pin(place, link);
      links.put(place, link);
    } catch (RuntimeException failure) {
      link.close();
      throw failure;
    }
  }

  private void pin(Place place, TcxLink link) {
    Path path = layout.link(place.ifindex, place.hook);
    Pins.unpin(path);
    link.pin(path);
  }

  /** Takes our program off; an interface that is gone has none. */
  void remove(Place place) {
    if (!tcx) {
      filter(place).detach();
      return;
    }
    TcxLink link = links.remove(place);
    Pins.unpin(layout.link(place.ifindex, place.hook));
    if (link != null) {
      link.close(); // The last holder: the kernel detaches it.
    }
  }

  /** The places where links of ours are. With clsact nothing of ours lists them. */
  Set<Place> places() {
    return Set.copyOf(links.keySet());
  }

  /** From now on these programs are the ones to be attached; nothing changes yet. */
  void use(Datapath datapath) {
    programs = datapath;
  }

  /** How many of these places have a program with other instructions than ours. */
  int different(Set<Place> places) {
    Map<Integer, String> tags = new HashMap<>();
    Inventory.programs("").forEach(program -> tags.put(program.id(), program.tag()));
    int different = 0;
    for (Place place : places) {
      OptionalInt id = programAt(place);
      if (id.isPresent() && !program(place.hook).tag().equals(tags.get(id.getAsInt()))) {
        different++;
      }
    }
    return different;
  }

  private OptionalInt programAt(Place place) {
    if (!tcx) {
      return filter(place).programId();
    }
    TcxLink link = links.get(place);
    if (link == null) {
      return OptionalInt.empty();
    }
    LinkInfo info = link.info();
    return info.at(place.ifindex, place.direction())
        ? OptionalInt.of(info.programId())
        : OptionalInt.empty();
  }

  /** Puts back what is not at its place any more, and names that are gone. */
  List<Repair> check(Set<Place> wanted) {
    List<Repair> repairs = new ArrayList<>();
    for (Place place : wanted) {
      OptionalInt id = programAt(place);
      if (id.isEmpty() || id.getAsInt() != program(place.hook).id()) {
        if (putBack(place)) {
          repairs.add(new Repair(Repair.Kind.HOOK, name(place)));
        }
      } else if (tcx && !Files.exists(layout.link(place.ifindex, place.hook))) {
        pin(place, Objects.requireNonNull(links.get(place)));
        repairs.add(new Repair(Repair.Kind.PIN, "link " + name(place)));
      }
    }
    return repairs;
  }

  private static String name(Place place) {
    return place.hook.program() + " at interface " + place.ifindex;
  }

  /** Whether it is there again; an interface that went meanwhile is the link watch's to tell. */
  private boolean putBack(Place place) {
    TcxLink lost = links.get(place);
    if (lost != null && !lost.info().at(place.ifindex, place.direction())) {
      remove(place);
    }
    try {
      put(place);
      return true;
    } catch (BpfException failure) {
      return switch (failure.errno()) {
        case ENODEV, EINVAL -> false;
        default -> throw failure;
      };
    }
  }

  /** Takes our filters off interfaces other than these. */
  void removeStrayFilters(Set<Integer> kept) {
    if (!tcx) {
      Links.list().stream()
          .map(RouteMessage.LinkIs::ifindex)
          .filter(ifindex -> !kept.contains(ifindex))
          .forEach(ifindex -> removeFilters(ifindex, priority));
    }
  }

  /** Takes our filters off an interface; nothing of ours is pinned for them. */
  static void removeFilters(int ifindex, int priority) {
    Map<Direction, Set<String>> ours = new EnumMap<>(Direction.class);
    for (Hook hook : Hook.values()) {
      ours.merge(Place.direction(hook), Set.of(hook.program()), Hooks::union);
    }
    Map<Integer, String> names = new HashMap<>();
    for (ProgramInfo program : Inventory.programs("")) {
      names.put(program.id(), program.name());
    }
    ours.forEach((direction, programs) -> {
      ClsactFilter filter = new ClsactFilter(ifindex, direction, priority, HANDLE);
      OptionalInt id = filter.programId();
      if (id.isPresent() && programs.contains(names.getOrDefault(id.getAsInt(), ""))) {
        filter.detach();
      }
    });
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new HashSet<>(one);
    both.addAll(other);
    return both;
  }

  @Override
  public void close() {
    links.values().forEach(TcxLink::close);
    links.clear();
  }
}
