package io.merlon.agent.loop;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.LinkMatch;
import io.merlon.agent.program.HostInterface;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The node's interfaces as far as they were told.
 *
 * @param links by index
 * @param routes the single addresses whose routes go by an interface
 * @param owners the pod behind an interface; it stays until the interface goes or is another pod's:
 *     a pod that is gone from the cluster may still run (semantics NP-26)
 * @param left the pod behind each interface that an earlier process knew and that has not been told
 *     yet; the same number and name are the same interface
 * @param synced whether all that is there has been told
 */
record LinkState(
    PersistentMap<Integer, Link> links,
    PersistentMap<Integer, Set<Address>> routes,
    PersistentMap<Integer, PodRef> owners,
    PersistentMap<HostInterface, PodRef> left,
    boolean synced) {
  /** Nothing was told, but what an earlier process left is known. */
  static LinkState leftBy(Map<HostInterface, PodRef> earlier) {
    PersistentMap<HostInterface, PodRef> left = PersistentMap.empty();
    for (Map.Entry<HostInterface, PodRef> one : earlier.entrySet()) {
      left = left.with(one.getKey(), one.getValue());
    }
    return new LinkState(
        PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty(), left, false);
  }

  LinkState after(LinkEvent event) {
    return switch (event) {
      case LinkEvent.Appeared(var link) -> appeared(link);
      case LinkEvent.Changed(_, var link) -> with(link);
      case LinkEvent.Vanished(var link) ->
          new LinkState(
              links.without(link.ifindex()),
              routes.without(link.ifindex()),
              owners.without(link.ifindex()),
              left,
              synced);
      case LinkEvent.RouteAdded(var address, int ifindex) -> withRoute(ifindex, address, true);
      case LinkEvent.RouteRemoved(var address, int ifindex) -> withRoute(ifindex, address, false);
      case LinkEvent.Synced() -> new LinkState(links, routes, owners, PersistentMap.empty(), true);
      case LinkEvent.Ended _ -> this;
    };
  }

  LinkState after(LinkMatch match) {
    return switch (match) {
      case LinkMatch.Found(var link, var pod) ->
          new LinkState(links, routes, owners.with(link.ifindex(), pod), left, synced);
      case LinkMatch.Lost _ -> this;
    };
  }

  private LinkState appeared(Link link) {
    HostInterface at = new HostInterface(link.ifindex(), link.name());
    PodRef pod = left.get(at);
    return pod == null
        ? with(link)
        : new LinkState(
            links.with(link.ifindex(), link),
            routes,
            owners.with(link.ifindex(), pod),
            left.without(at),
            synced);
  }

  private LinkState with(Link link) {
    return new LinkState(links.with(link.ifindex(), link), routes, owners, left, synced);
  }

  private LinkState withRoute(int ifindex, Address address, boolean added) {
    Set<Address> changed = new TreeSet<>(routes.getOrDefault(ifindex, Set.of()));
    if (added) {
      changed.add(address);
    } else {
      changed.remove(address);
    }
    Set<Address> kept = Set.copyOf(changed);
    return new LinkState(
        links,
        kept.isEmpty() ? routes.without(ifindex) : routes.with(ifindex, kept),
        owners,
        left,
        synced);
  }
}
