package io.merlon.agent.observe;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.AddressOwner;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Protocol;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Who has an address, or had it a few minutes ago; for the loop's thread. Of those who are there it
 * keeps nothing: the compiler knows them anyway. Of each address it keeps when its owner last
 * changed, so that nobody is named for what was before.
 */
public final class NameBook {
  private static final long KEPT = Duration.ofMinutes(10).toNanos();
  private static final int MOST = 8192;

  /** So long after it begins to use an address a pod may be told to have it. */
  private static final long LATE = Duration.ofMinutes(1).toNanos();

  private final IncrementalCompiler compiler;
  private final LongSupplier nanoTime;
  private final long start;
  private final AddressChanges changes = new AddressChanges();

  /** The oldest first. */
  private final LinkedHashMap<Address, Left> left = new LinkedHashMap<>();

  /** Who surely had an address between two moments since the start. */
  private record Left(AddressOwner.OfPod owner, long from, long to) {}

  /**
   * Knows of nobody who left.
   *
   * @param nanoTime the clock of {@link System#nanoTime}, but in tests
   */
  public NameBook(IncrementalCompiler compiler, LongSupplier nanoTime) {
    this.compiler = compiler;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  private long now() {
    return nanoTime.getAsLong() - start;
  }

  /** To be told of every change before the compiler is. */
  public void leaving(ClusterEvent event) {
    if (event instanceof ClusterEvent.PutPod(var pod)) {
      Set<Address> has = addresses(pod);
      List<Address> had = had(event.key());
      had.stream().filter(address -> !has.contains(address)).forEach(it -> left(it, event.key()));
      has.stream().filter(address -> !had.contains(address)).forEach(this::came);
    } else if (event instanceof ClusterEvent.Gone(var key) && key.kind() == ClusterEvent.Kind.POD) {
      had(key).forEach(address -> left(address, key));
    }
  }

  private List<Address> had(ClusterEvent.Key key) {
    return compiler.addressesOf(key.namespace(), key.name());
  }

  private static Set<Address> addresses(Pod pod) {
    Set<Address> addresses = new HashSet<>();
    if (!pod.phase().finished()) {
      for (String text : pod.ips()) {
        Address address = Address.parse(text);
        if (address != null) {
          addresses.add(address);
        }
      }
    }
    return addresses;
  }

  /** What a pod on its node's network claims is the node's, and stays it. */
  private void left(Address address, ClusterEvent.Key pod) {
    if (compiler.ownerOf(address) instanceof AddressOwner.OfPod owner
        && owner.pod().equals(new PodRef(pod.namespace(), pod.name()))) {
      left(address, owner);
    }
  }

  private void left(Address address, AddressOwner.OfPod owner) {
    long now = now();
    Left before = left.remove(address);
    long from = before == null ? changes.last(address) : before.to();
    if (before != null && before.owner().pod().equals(owner.pod())) {
      from = before.from(); // it came again, or is told to leave once more
    }
    left.put(address, new Left(owner, from, now));
    changes.changed(address, now);
    while (left.size() > MOST || now - left.firstEntry().getValue().to() > KEPT) {
      left.pollFirstEntry();
    }
  }

  /** Who is there when all is told first had the address before anybody counted. */
  private void came(Address address) {
    long since = now() - LATE;
    switch (compiler.ownerOf(address)) {
      case AddressOwner.OfPod other -> left(address, other);
      case AddressOwner.OfNode _ -> {}
      case AddressOwner.Outside() -> {
        if (since > 0) {
          changes.changed(address, since);
        }
      }
    }
  }

  /** How many are remembered that are gone. */
  int remembered() {
    return left.size();
  }

  /** Who has it, or had it last. */
  public AddressOwner owner(Address address) {
    AddressOwner owner = compiler.ownerOf(address);
    Left before = owner instanceof AddressOwner.Outside ? left.get(address) : null;
    return before == null || now() - before.to() > KEPT ? owner : before.owner();
  }

  /**
   * Whether its owner may be another one since then.
   *
   * @param when by the clock
   */
  public boolean hasChanged(Address address, long when) {
    return when - start < changes.last(address);
  }

  /**
   * Who had it then, though its owner changed since; nothing if that is not known any more.
   *
   * @param when by the clock
   */
  public Optional<AddressOwner> formerOwner(Address address, long when) {
    Left before = left.get(address);
    long moment = when - start;
    return before != null
            && before.from() <= moment
            && moment <= before.to()
            && now() - before.to() <= KEPT
        ? Optional.of(before.owner())
        : Optional.empty();
  }

  /** The service behind a virtual address, as namespace/name. */
  public Optional<String> service(Address address, Protocol protocol, int port) {
    return compiler.serviceAt(address, protocol, port);
  }
}
