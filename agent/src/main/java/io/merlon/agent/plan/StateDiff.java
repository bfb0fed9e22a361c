package io.merlon.agent.plan;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.identity.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
    List<Move.OfService> services = new ArrayList<>();
    observed
        .services()
        .changes(
            desired.services(),
            (service, was, is) ->
                services.add(
                    new Move.OfService(
                        service,
                        was,
                        is,
                        before.classOf(service.address()),
                        after.classOf(service.address()))));
    addresses.sort(Comparator.comparing(Move.OfAddress::address));
    prefixes.sort(
        Comparator.comparingInt((Move.OfPrefix move) -> move.prefix().length())
            .thenComparing(Move.OfPrefix::prefix));
    services.sort(Comparator.comparing(Move.OfService::service));
    return new StateDiff(addresses, prefixes, services);
  }

  boolean isEmpty() {
    return addresses.isEmpty() && prefixes.isEmpty() && services.isEmpty();
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
