package io.merlon.agent.interfaces;

import io.merlon.agent.identity.Address;
import io.merlon.netlink.RouteMessage;
import io.merlon.netlink.RouteMessage.RouteKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The links and host routes there are, as far as was told: turns messages, which may repeat
 * themselves, into events, which do not.
 *
 * <p>While everything is asked for anew, what is told is noted; what was not told by the end is
 * gone. Dumps and changes come by one socket, in the order in which they happened.
 */
final class LinkTable {
  private final Consumer<? super LinkEvent> sink;
  private final Map<Integer, Link> links = new HashMap<>();
  private final Map<RouteKey, Integer> routes = new HashMap<>();
  private final Map<Way, Integer> ways = new HashMap<>();
  private final Set<Object> told = new HashSet<>();

  /**
   * To an address by an interface: counted, as tables and priorities may each have such a route.
   */
  private record Way(Address address, int ifindex) {}

  LinkTable(Consumer<? super LinkEvent> sink) {
    this.sink = sink;
  }

  void accept(RouteMessage message) {
    switch (message) {
      case RouteMessage.LinkIs is -> link(link(is));
      case RouteMessage.LinkGone gone -> linkGone(gone.ifindex());
      case RouteMessage.RouteIs is -> route(is.key(), is.ifindex());
      case RouteMessage.RouteGone gone -> routeGone(gone.key(), gone.ifindex());
      case RouteMessage.End _, RouteMessage.Refused _ -> {}
    }
  }

  /** From now on everything is told again. */
  void beginAnew() {
    told.clear();
  }

  /** Everything was told. */
  void endAnew() {
    List.copyOf(routes.keySet()).stream().filter(key -> !told.contains(key)).forEach(this::drop);
    List.copyOf(links.keySet()).stream().filter(i -> !told.contains(i)).forEach(this::linkGone);
    told.clear();
    sink.accept(new LinkEvent.Synced());
  }

  private static Link link(RouteMessage.LinkIs is) {
    boolean paired = is.kind().equals("veth") && is.peer() != 0;
    Link.Peer peer = paired ? new Link.Peer(is.peer(), is.peerNamespace()) : null;
    return new Link(is.ifindex(), is.name(), is.kind(), is.hardware(), is.up(), peer);
  }

  private void link(Link link) {
    Link known = links.get(link.ifindex());
    if (known != null && isAnother(known, link)) {
      linkGone(link.ifindex());
    }
    told.add(link.ifindex());
    Link before = links.put(link.ifindex(), link);
    if (before == null) {
      sink.accept(new LinkEvent.Appeared(link));
    } else if (!before.equals(link)) {
      sink.accept(new LinkEvent.Changed(before, link));
      if (before.up() && !link.up()) {
        dropRoutes(link.ifindex());
      }
    }
  }

  /**
   * Whether that an interface went, and another one got its number, was lost: the kernel tells of
   * each change of one and the same as it happens.
   */
  private static boolean isAnother(Link before, Link link) {
    int changes = before.name().equals(link.name()) ? 0 : 1;
    changes += before.mac().equals(link.mac()) ? 0 : 1;
    changes += Objects.equals(before.peer(), link.peer()) ? 0 : 1;
    return changes > 1 || !before.kind().equals(link.kind());
  }

  private void linkGone(int ifindex) {
    told.remove(ifindex);
    Link link = links.remove(ifindex);
    if (link != null) {
      dropRoutes(ifindex);
      sink.accept(new LinkEvent.Vanished(link));
    }
  }

  /** The kernel says nothing of IPv4 routes that go with their link (fib_disable_ip). */
  private void dropRoutes(int ifindex) {
    List.copyOf(routes.entrySet()).stream()
        .filter(route -> route.getValue() == ifindex)
        .forEach(route -> drop(route.getKey()));
  }

  /** One that replaces another is told without the other's end. */
  private void route(RouteKey key, int ifindex) {
    told.add(key);
    Integer before = routes.get(key);
    if (before != null && before == ifindex) {
      return;
    }
    if (before != null) {
      drop(key);
    }
    routes.put(key, ifindex);
    if (ways.merge(new Way(address(key), ifindex), 1, Integer::sum) == 1) {
      sink.accept(new LinkEvent.RouteAdded(address(key), ifindex));
    }
  }

  private void routeGone(RouteKey key, int ifindex) {
    Integer before = routes.get(key);
    if (before != null && before == ifindex) {
      drop(key);
    }
  }

  private void drop(RouteKey key) {
    told.remove(key);
    Integer ifindex = routes.remove(key);
    if (ifindex != null
        && ways.computeIfPresent(new Way(address(key), ifindex), (_, n) -> n == 1 ? null : n - 1)
            == null) {
      sink.accept(new LinkEvent.RouteRemoved(address(key), ifindex));
    }
  }

  private static Address address(RouteKey key) {
    return Address.of(key.address().getHostAddress());
  }
}
