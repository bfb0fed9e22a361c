package io.merlon.agent.interfaces;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which link belongs to which pod: the one whose name was computed from the pod's, else the one by
 * which the host route to the pod's address goes. Pods may be expected before their links exist,
 * and links may exist before their pods are known; the order makes no difference.
 *
 * <p>No link belongs to two pods: a name says more than a route, a first interface's name more than
 * a further one's, and of two pods with one address the one expected last has it (semantics NP-26).
 */
public final class PodInterfaces {
  private final InterfaceNaming naming;
  private final Map<PodRef, Expectation> pods = new HashMap<>();
  private final Map<String, PodRef> byFirstName = new HashMap<>();
  private final Map<String, PodRef> byFurtherName = new HashMap<>();
  private final Map<Address, PodRef> byAddress = new HashMap<>();
  private final Map<Integer, Link> links = new HashMap<>();
  private final Map<Integer, Set<Address>> routes = new HashMap<>();
  private final Map<Integer, PodRef> owners = new HashMap<>();

  private record Expectation(InterfaceNaming.Names names, List<Address> addresses) {}

  public PodInterfaces(InterfaceNaming naming) {
    this.naming = naming;
  }

  /** A pod is to run here, or has other addresses now. */
  public List<LinkMatch> expect(PodRef pod, List<Address> addresses) {
    Expectation before = pods.get(pod);
    InterfaceNaming.Names names = before == null ? naming.names(pod) : before.names();
    pods.put(pod, new Expectation(names, List.copyOf(addresses)));
    names.first().forEach(name -> byFirstName.put(name, pod));
    names.further().forEach(name -> byFurtherName.put(name, pod));
    if (before != null) {
      before.addresses().forEach(address -> byAddress.remove(address, pod));
    }
    addresses.forEach(address -> byAddress.put(address, pod));
    return settle();
  }

  /** A pod no longer runs here. */
  public List<LinkMatch> forget(PodRef pod) {
    Expectation gone = pods.remove(pod);
    if (gone == null) {
      return List.of();
    }
    gone.names().first().forEach(name -> byFirstName.remove(name, pod));
    gone.names().further().forEach(name -> byFurtherName.remove(name, pod));
    gone.addresses().forEach(address -> byAddress.remove(address, pod));
    return settle();
  }

  /** The names an expected pod's links may have. */
  public List<String> names(PodRef pod) {
    Expectation expected = pods.get(pod);
    return expected == null ? List.of() : expected.names().all();
  }

  public List<LinkMatch> on(LinkEvent event) {
    return switch (event) {
      case LinkEvent.Appeared(Link link) -> there(link);
      case LinkEvent.Changed(_, Link link) -> there(link);
      case LinkEvent.Vanished(Link link) -> gone(link);
      case LinkEvent.RouteAdded(Address address, int ifindex) -> {
        routes.computeIfAbsent(ifindex, _ -> new LinkedHashSet<>()).add(address);
        yield settle(ifindex);
      }
      case LinkEvent.RouteRemoved(Address address, int ifindex) -> {
        Set<Address> by = routes.getOrDefault(ifindex, new HashSet<>());
        by.remove(address);
        if (by.isEmpty()) {
          routes.remove(ifindex);
        }
        yield settle(ifindex);
      }
      case LinkEvent.Synced(), LinkEvent.Ended _ -> List.of();
    };
  }

  /** The links that are some pod's. */
  public Map<Integer, PodRef> owners() {
    return Map.copyOf(owners);
  }

  private List<LinkMatch> there(Link link) {
    links.put(link.ifindex(), link);
    return settle(link.ifindex());
  }

  private List<LinkMatch> gone(Link link) {
    links.remove(link.ifindex());
    PodRef owner = owners.remove(link.ifindex());
    return owner == null ? List.of() : List.of(new LinkMatch.Lost(link, owner));
  }

  /** A pod has a few links at most, and a node a few hundred: looking at all is cheap enough. */
  private List<LinkMatch> settle() {
    List<LinkMatch> matches = new ArrayList<>();
    List.copyOf(links.keySet()).forEach(ifindex -> matches.addAll(settle(ifindex)));
    return matches;
  }

  private List<LinkMatch> settle(int ifindex) {
    Link link = links.get(ifindex);
    if (link == null) {
      return List.of(); // a route told before its link
    }
    PodRef is = owner(link);
    PodRef was = is == null ? owners.remove(ifindex) : owners.put(ifindex, is);
    List<LinkMatch> matches = new ArrayList<>();
    if (was != null && !was.equals(is)) {
      matches.add(new LinkMatch.Lost(link, was));
    }
    if (is != null && !is.equals(was)) {
      matches.add(new LinkMatch.Found(link, is));
    }
    return matches;
  }

  private @Nullable PodRef owner(Link link) {
    PodRef first = byFirstName.get(link.name());
    PodRef named = first == null ? byFurtherName.get(link.name()) : first;
    if (named != null) {
      return named;
    }
    for (Address address : routes.getOrDefault(link.ifindex(), Set.of())) {
      PodRef routed = byAddress.get(address);
      if (routed != null) {
        return routed;
      }
    }
    return null;
  }
}
