package io.merlon.agent.program;

import io.merlon.agent.identity.PodRef;
import io.merlon.datapath.Hook;
import io.merlon.netlink.Links;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** The interfaces that have programs of ours, or are to have them, and whose they are. */
final class EnforcedInterfaces {
  private final PodEndpoints endpoints;
  private final Hooks hooks;
  private final LongSupplier nanos;

  /** Interfaces bound or guarded since the start. */
  private final Set<Integer> known = new HashSet<>();

  private long lastPut;

  EnforcedInterfaces(PodEndpoints endpoints, Hooks hooks, LongSupplier nanos) {
    this.endpoints = endpoints;
    this.hooks = hooks;
    this.nanos = nanos;
    this.lastPut = nanos.getAsLong();
  }

  /** The places where programs of ours should be. */
  Set<HookPlace> places() {
    Set<HookPlace> wanted = new HashSet<>();
    endpoints
        .interfaces()
        .forEach((ifindex, entry) -> wanted.addAll(HookPlace.of(ifindex, entry.uplink())));
    return wanted;
  }

  /** Those of them where programs of ours, of whatever generation, are. */
  List<HookPlace> held() {
    return places().stream().filter(hooks::isAt).toList();
  }

  /**
   * Enters an interface and attaches to it.
   *
   * @param beside whether another generation's programs may stay
   */
  void guard(HostInterface at, InterfaceEntry entry, boolean beside) {
    known.add(at.ifindex());
    endpoints.enter(at.ifindex(), entry);
    List<HookPlace> missing =
        HookPlace.of(at.ifindex(), entry.uplink()).stream()
            .filter(place -> beside ? !hooks.isAt(place) : !hooks.isCurrent(place))
            .toList();
    if (!missing.isEmpty()) {
      hooks.put(missing);
      lastPut = nanos.getAsLong();
    }
  }

  void release(int ifindex) {
    known.remove(ifindex);
    for (Hook hook : Hook.values()) {
      hooks.remove(new HookPlace(ifindex, hook));
    }
    endpoints.leave(ifindex);
  }

  /**
   * Forgets interfaces that went while no process ran: their numbers may be others' by now. One
   * that has another name now, and our programs still, is the same.
   */
  void adopt() {
    Set<HostInterface> there = new HashSet<>();
    Links.list().forEach(link -> there.add(new HostInterface(link.ifindex(), link.name())));
    Map.copyOf(endpoints.interfaces())
        .forEach((ifindex, entry) -> {
          boolean named = there.contains(new HostInterface(ifindex, entry.name()));
          if (!named && HookPlace.of(ifindex, entry.uplink()).stream().noneMatch(hooks::isAt)) {
            endpoints.leave(ifindex);
          }
        });
  }

  /** Those where our programs are, not those where they only should be. */
  Set<HostInterface> guarded() {
    Set<HostInterface> guarded = new HashSet<>();
    endpoints
        .interfaces()
        .forEach((ifindex, entry) -> {
          if (HookPlace.of(ifindex, entry.uplink()).stream().allMatch(hooks::isAt)) {
            guarded.add(new HostInterface(ifindex, entry.name()));
          }
        });
    return guarded;
  }

  Map<HostInterface, PodRef> owners() {
    Map<HostInterface, PodRef> owners = new HashMap<>();
    endpoints
        .interfaces()
        .forEach((ifindex, entry) -> {
          if (entry.pod() != null) {
            owners.put(new HostInterface(ifindex, entry.name()), entry.pod());
          }
        });
    return owners;
  }

  /** Removes what nobody bound or guarded since the start. */
  void sweep() {
    Set<Integer> stray = new HashSet<>(endpoints.interfaces().keySet());
    hooks.linked().forEach(place -> stray.add(place.ifindex()));
    stray.removeAll(known);
    stray.forEach(this::release);
    endpoints.sweep();
    hooks.removeStrayFilters(known);
  }

  /** Whether nothing was attached for so long. */
  boolean isQuiet(long span) {
    return nanos.getAsLong() - lastPut > span;
  }
}
