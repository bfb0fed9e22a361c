package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;

/**
 * Which peer class an address is in: that of its exact entry; else that of the longest prefix it
 * lies in; else {@link PeerClass#ANY}. Only addresses that the prefixes would put into another
 * class have exact entries.
 */
public record AddressBook(
    PersistentMap<Address, Integer> exact, PersistentMap<Cidr, Integer> prefixes) {
  public static final AddressBook EMPTY =
      new AddressBook(PersistentMap.empty(), PersistentMap.empty());

  public int classOf(Address address) {
    Integer own = exact.get(address);
    return own == null ? classByPrefix(address) : own;
  }

  /** The class the address has where it has no exact entry. */
  public int classByPrefix(Address address) {
    return classByPrefix(address, address.bits());
  }

  /** The class of the addresses in a prefix that are in no longer one. */
  public int classByPrefix(Cidr prefix) {
    return classByPrefix(prefix.base(), prefix.length());
  }

  private int classByPrefix(Address address, int longest) {
    for (int length = longest; length >= 0 && !prefixes.isEmpty(); length--) {
      Integer found = prefixes.get(new Cidr(address, length));
      if (found != null) {
        return found;
      }
    }
    return PeerClass.ANY;
  }
}
