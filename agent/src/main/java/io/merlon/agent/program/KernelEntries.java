package io.merlon.agent.program;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.datapath.CidrKey;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Peer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries that lead from an address to its class: the maps of addresses, prefixes and services.
 *
 * <p>A virtual address needs two of them, a mark at the address and an entry for the port. Packets
 * see one change: the entry comes before the mark, and goes after it.
 */
final class KernelEntries {
  private final Datapath kernel;

  /** The classes of addresses that have one, and the services of each virtual address. */
  private PersistentMap<Address, Integer> exact = PersistentMap.empty();

  private final Map<Address, Set<ServiceKey>> services = new HashMap<>();

  KernelEntries(Datapath kernel) {
    this.kernel = kernel;
  }

  /** What the kernel holds. */
  record Found(AddressBook book, PersistentMap<ServiceKey, ServiceTarget> services) {}

  /** Takes over what is there. A crash may have left a mark without a service, or the reverse. */
  Found adopt() {
    PersistentMap<ServiceKey, ServiceTarget> targets = PersistentMap.empty();
    PersistentMap<Cidr, Integer> prefixes = PersistentMap.empty();
    Set<Address> marked = new HashSet<>();
    for (boolean v6 : new boolean[] {false, true}) {
      for (var entry : kernel.services(v6).entries().entrySet()) {
        ServiceKey key = KernelValues.key(entry.getKey());
        targets = targets.with(key, KernelValues.target(entry.getValue()));
        services.computeIfAbsent(key.address(), _ -> new HashSet<>()).add(key);
      }
      for (var entry : kernel.cidrs(v6).entries().entrySet()) {
        Cidr cidr =
            new Cidr(KernelValues.address(entry.getKey().address()), entry.getKey().prefix());
        prefixes = prefixes.with(cidr, KernelValues.peerClass(entry.getValue()));
      }
      for (var entry : kernel.addresses(v6).entries().entrySet()) {
        Address address = KernelValues.address(entry.getKey());
        Peer peer = entry.getValue();
        if (peer.service()) {
          marked.add(address);
        }
        if (!peer.service() || peer.node() || peer.peerClass() != 0) {
          exact = exact.with(address, KernelValues.peerClass(peer));
        }
      }
    }
    marked.stream().filter(address -> !services.containsKey(address)).forEach(this::write);
    services.keySet().stream().filter(address -> !marked.contains(address)).forEach(this::write);
    return new Found(new AddressBook(exact, prefixes), targets);
  }

  void putAddress(Address address, int peerClass) {
    write(address, peerClass, services.containsKey(address));
    exact = exact.with(address, peerClass);
  }

  void deleteAddress(Address address) {
    write(address, null, services.containsKey(address));
    exact = exact.without(address);
  }

  void putPrefix(Cidr prefix, int peerClass) {
    CidrKey key = key(prefix);
    kernel.cidrs(key.address().v6()).put(key, KernelValues.peer(peerClass, 0));
  }

  void deletePrefix(Cidr prefix) {
    CidrKey key = key(prefix);
    kernel.cidrs(key.address().v6()).delete(key);
  }

  void putService(ServiceKey service, ServiceTarget target) {
    io.merlon.datapath.ServiceKey key = KernelValues.key(service);
    kernel.services(key.address().v6()).put(key, KernelValues.service(target));
    Set<ServiceKey> there = services.computeIfAbsent(service.address(), _ -> new HashSet<>());
    if (there.isEmpty()) {
      write(service.address(), exact.get(service.address()), true);
    }
    there.add(service);
  }

  void deleteService(ServiceKey service) {
    Set<ServiceKey> there = services.getOrDefault(service.address(), new HashSet<>());
    if (there.equals(Set.of(service))) {
      write(service.address(), exact.get(service.address()), false);
      services.remove(service.address());
    }
    there.remove(service);
    io.merlon.datapath.ServiceKey key = KernelValues.key(service);
    kernel.services(key.address().v6()).delete(key);
  }

  private static CidrKey key(Cidr prefix) {
    return new CidrKey(KernelValues.address(prefix.base()), prefix.length());
  }

  /** Writes what is to stand at an address. */
  private void write(Address address) {
    write(address, exact.get(address), services.containsKey(address));
  }

  private void write(Address address, @Nullable Integer peerClass, boolean virtual) {
    IpAddress key = KernelValues.address(address);
    if (peerClass == null && !virtual) {
      kernel.addresses(key.v6()).delete(key);
      return;
    }
    Peer own = peerClass == null ? Peer.of(0) : KernelValues.peer(peerClass, 0);
    kernel.addresses(key.v6()).put(key, new Peer(own.peerClass(), own.node(), virtual, 0));
  }
}
