package io.merlon.agent.loop;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.LinkMatch;
import java.util.Set;
import java.util.TreeSet;

/**
 * The node's interfaces as far as they were told.
 *
 * @param links by index
 * @param routes the single addresses whose routes go by an interface
 * @param owners the pod behind an interface; it stays until the interface goes or is another pod's:
 *     a pod that is gone from the cluster may still run (semantics NP-26)
 * @param synced whether all that is there has been told
 */
record LinkState(
    PersistentMap<Integer, Link> links,
    PersistentMap<Integer, Set<Address>> routes,
    PersistentMap<Integer, PodRef> owners,
    boolean synced) {
  static final LinkState EMPTY =
      new LinkState(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty(), false);

  LinkState after(LinkEvent event) {
    return switch (event) {
      case LinkEvent.Appeared(var link) -> with(link);
      case LinkEvent.Changed(_, var link) -> with(link);
      case LinkEvent.Vanished(var link) ->
          new LinkState(
              links.without(link.ifindex()),
              routes.without(link.ifindex()),
              owners.without(link.ifindex()),
              synced);
      case LinkEvent.RouteAdded(var address, int ifindex) -> withRoute(ifindex, address, true);
      case LinkEvent.RouteRemoved(var address, int ifindex) -> withRoute(ifindex, address, false);
      case LinkEvent.Synced() -> new LinkState(links, routes, owners, true);
      case LinkEvent.Ended _ -> this;
    };
  }

  LinkState after(LinkMatch match) {
    return switch (match) {
      case LinkMatch.Found(var link, var pod) ->
          new LinkState(links, routes, owners.with(link.ifindex(), pod), synced);
      case LinkMatch.Lost _ -> this;
    };
  }

  private LinkState with(Link link) {
    return new LinkState(links.with(link.ifindex(), link), routes, owners, synced);
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
        synced);
  }
}
