package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.identity.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The entries that are not what they should be. The order is that of their keys. */
record StateDiff(
    List<Move.OfAddress> addresses, List<Move.OfPrefix> prefixes, List<Move.OfService> services) {

  static StateDiff between(ObservedState observed, DesiredState desired) {
    AddressBook before = observed.addresses();
    AddressBook after = desired.addresses();
    List<Move.OfAddress> addresses = new ArrayList<>();
    before
        .exact()
        .changes(
            after.exact(),
            (address, was, is) ->
                addresses.add(
                    new Move.OfAddress(
                        address, before.classOf(address), after.classOf(address), is != null)));
    List<Move.OfPrefix> prefixes = new ArrayList<>();
    before
        .prefixes()
        .changes(
            after.prefixes(),
            (prefix, was, is) ->
                prefixes.add(
                    new Move.OfPrefix(
                        prefix,
                        before.classByPrefix(prefix),
                        after.classByPrefix(prefix),
                        is != null)));
    Map<ServiceKey, Move.OfService> services = new TreeMap<>();
    observed
        .services()
        .changes(
            desired.services(),
            (service, was, is) -> services.put(service, service(service, observed, desired)));
    Set<Address> ofOwnNode = ofOwnNode(addresses);
    if (!ofOwnNode.isEmpty()) {
      for (ServiceKey service : desired.services().keySet()) {
        if (ofOwnNode.contains(service.address())) {
          services.put(service, service(service, observed, desired));
        }
      }
    }
    addresses.sort(Comparator.comparing(Move.OfAddress::address));
    prefixes.sort(
        Comparator.comparingInt((Move.OfPrefix move) -> move.prefix().length())
            .thenComparing(Move.OfPrefix::prefix));
    return new StateDiff(addresses, prefixes, List.copyOf(services.values()));
  }

  /** Addresses the node gains or loses: services there are asked for no more, or from now on. */
  private static Set<Address> ofOwnNode(List<Move.OfAddress> addresses) {
    Set<Address> found = new HashSet<>();
    for (Move.OfAddress move : addresses) {
      if (!move.stays()
          && (move.source() == PeerClass.OWN_NODE || move.target() == PeerClass.OWN_NODE)) {
        found.add(move.address());
      }
    }
    return found;
  }

  private static Move.OfService service(
      ServiceKey service, ObservedState observed, DesiredState desired) {
    return new Move.OfService(
        service,
        observed.services().get(service),
        desired.services().get(service),
        observed.addresses().classOf(service.address()),
        desired.addresses().classOf(service.address()));
  }

  List<Move> all() {
    List<Move> all = new ArrayList<>(addresses);
    all.addAll(prefixes);
    all.addAll(services);
    return all;
  }

  /** Whether all that moves are some of these addresses. */
  boolean concernsOnly(List<Address> own) {
    return prefixes.isEmpty()
        && services.isEmpty()
        && addresses.stream().allMatch(move -> own.contains(move.address()));
  }
}
