package io.merlon.agent.program;

import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Feature;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.Support;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Hook;
import io.merlon.netlink.Links;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Our programs at interfaces: by tcx links, by clsact filters, or by the best of both. Attaching by
 * tcx waits for a grace period in the kernel, so where both are known a new interface gets a filter
 * first, within a millisecond or two, and its link when there is time, see {@link #settle}. One
 * that was there before this process may be in use: the qdisc for its first filter would cost it
 * packets, so it gets its link at once.
 *
 * <p>Ours run first, and then leave the packet to whatever else is there. Nothing of others is
 * touched.
 */
final class Hooks implements AutoCloseable {
  private final HookKind kind;
  private final TcxHooks tcx;
  private final ClsactHooks clsact;
  private final Datapath programs;
  private final Set<Integer> inUse = new HashSet<>();

  /** Where a link is and this process saw that no filter of ours is: asking takes netlink. */
  private final Set<HookPlace> unfiltered = new HashSet<>();

  Hooks(PinLayout layout, DatapathSettings settings, Datapath programs) {
    if (settings.hook() == HookKind.TCX) {
      Feature.TCX.require();
    }
    this.tcx = new TcxHooks(layout);
    this.clsact = new ClsactHooks(settings.clsactPriority());
    this.programs = programs;
    boolean links = Feature.TCX.support() == Support.SUPPORTED;
    this.kind = settings.hook() == HookKind.BEST && !links ? HookKind.CLSACT : settings.hook();
    Links.list().forEach(link -> inUse.add(link.ifindex()));
  }

  /**
   * Asks everything once of an interface that cannot be, so that the first one that is does not
   * wait while the virtual machine loads what it needs.
   */
  void warmUp() {
    for (Hook hook : Hook.values()) {
      HookPlace nowhere = new HookPlace(Integer.MAX_VALUE, hook);
      try {
        isAt(nowhere);
        remove(nowhere);
        put(nowhere);
      } catch (BpfException expected) {
        // No such device.
      }
    }
  }

  void adopt() {
    tcx.adopt();
  }

  private BpfProgram program(HookPlace place) {
    return programs.program(place.hook());
  }

  /** The places where links of ours are. Nothing lists filters but their interfaces. */
  Set<HookPlace> linked() {
    return tcx.places();
  }

  private OptionalInt programAt(HookPlace place) {
    if (tcx.isAt(place)) {
      return tcx.programAt(place);
    }
    return kind == HookKind.TCX ? OptionalInt.empty() : clsact.programAt(place);
  }

  /** Whether a program of ours, of whatever generation, is at a place. */
  boolean isAt(HookPlace place) {
    return programAt(place).isPresent();
  }

  /** Whether the program there is the one we would attach, and attached as we would. */
  boolean isCurrent(HookPlace place) {
    return programAt(place).equals(OptionalInt.of(program(place).id())) && !isDoubled(place);
  }

  /**
   * Whether whoever exchanged filter and link there died before it took the former one off: until
   * that is done packets are judged twice, and counted twice.
   */
  private boolean isDoubled(HookPlace place) {
    return tcx.isAt(place) && (kind == HookKind.CLSACT || isFiltered(place));
  }

  private boolean isFiltered(HookPlace place) {
    if (!unfiltered.contains(place) && clsact.programAt(place).isEmpty()) {
      unfiltered.add(place);
    }
    return !unfiltered.contains(place);
  }

  private void filter(HookPlace place) {
    unfiltered.remove(place);
    clsact.put(place, program(place));
  }

  /** Attaches our program, or puts it in our former one's place in one step. */
  void put(HookPlace place) {
    if (tcx.isAt(place) && tcx.programAt(place).isEmpty()) {
      tcx.remove(place); // Somebody detached it: such a link takes no program any more.
    }
    switch (kind) {
      case TCX -> link(place);
      case CLSACT -> {
        filter(place);
        if (tcx.isAt(place)) {
          tcx.remove(place);
        }
      }
      case BEST -> {
        if (mayBeginWithFilter(place)) {
          filter(place);
        } else {
          link(place);
        }
      }
    }
  }

  /**
   * The same at places of one interface. What waits for grace periods comes first, with programs
   * that have no opinion: between one hook's judging and the other's, a request would be seen by
   * nobody, and its reply be taken for an opening.
   */
  void put(List<HookPlace> places) {
    if (places.size() > 1 && kind != HookKind.CLSACT) {
      places.stream()
          .filter(place -> !isAt(place) && !(kind == HookKind.BEST && mayBeginWithFilter(place)))
          .forEach(tcx::begin);
    }
    places.forEach(this::put);
  }

  /**
   * A filter runs after all links: where others have one already, only a link is first. The
   * question for the qdisc makes it, and so deactivates the interface for a moment: it is the last
   * one. Where a filter of ours is, there is one.
   */
  private boolean mayBeginWithFilter(HookPlace place) {
    return !tcx.isAt(place)
        && (!inUse.contains(place.ifindex()) || clsact.programAt(place).isPresent())
        && tcx.isFree(place)
        && ClsactHooks.isPossible(place.ifindex());
  }

  /**
   * Makes the link, then takes off the filter, if there is one. Making it takes a grace period, in
   * which packets pass both; so it begins with a program that has no opinion, and gets its own by
   * one exchange. Only between that and the filter's end, two calls, does a packet meet our
   * programs twice: it is judged the same, and counted twice.
   */
  private void link(HookPlace place) {
    if (!tcx.isAt(place) && clsact.programAt(place).isPresent()) {
      tcx.begin(place);
    }
    tcx.put(place, program(place));
    if (isFiltered(place)) {
      clsact.remove(place);
    }
  }

  /** Whether a place has a filter only, though links are known. */
  boolean isUnsettled(HookPlace place) {
    return kind == HookKind.BEST && !tcx.isAt(place) && isAt(place);
  }

  /** Gives a place its link. */
  void settle(HookPlace place) {
    link(place);
  }

  /** Takes our program off; an interface that is gone has none, and its number is a new one's. */
  void remove(HookPlace place) {
    inUse.remove(place.ifindex());
    unfiltered.remove(place);
    tcx.remove(place);
    if (kind != HookKind.TCX) {
      clsact.remove(place);
    }
  }

  /**
   * How many of these places have a program with other instructions than ours; all of them for who
   * may not list programs, as nothing else says.
   */
  int different(Collection<HookPlace> places) {
    if (!Inventory.isAllowed()) {
      return places.size();
    }
    Map<Integer, String> tags = new HashMap<>();
    Inventory.programs("").forEach(program -> tags.put(program.id(), program.tag()));
    int different = 0;
    for (HookPlace place : places) {
      OptionalInt id = programAt(place);
      if (id.isPresent() && !program(place).tag().equals(tags.get(id.getAsInt()))) {
        different++;
      }
    }
    return different;
  }

  /** Puts back what is not at its place any more, and a name that is gone. */
  List<Repair> check(HookPlace place) {
    if (!isCurrent(place)) {
      put(place);
      return List.of(new Repair(Repair.Kind.HOOK, place.toString()));
    }
    if (tcx.pinAgain(place)) {
      return List.of(new Repair(Repair.Kind.PIN, "link of " + place));
    }
    if (isOvertaken(place)) {
      link(place);
    }
    return List.of();
  }

  /** Whether somebody's link came to where we have a filter, and would run before it. */
  private boolean isOvertaken(HookPlace place) {
    return kind == HookKind.BEST && !tcx.isAt(place) && !tcx.isFree(place);
  }

  /** Takes our filters off all interfaces but these. */
  void removeStrayFilters(Set<Integer> kept) {
    for (var link : Links.list()) {
      if (!kept.contains(link.ifindex())) {
        clsact.removeAll(link.ifindex());
      }
    }
  }

  @Override
  public void close() {
    tcx.close();
  }
}
