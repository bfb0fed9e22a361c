package io.merlon.agent.observe;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.AddressOwner;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Who has an address, or had it a few minutes ago; for the loop's thread. Of those who are there it
 * keeps nothing: the compiler knows them anyway.
 */
public final class NameBook {
  private static final long KEPT = Duration.ofMinutes(10).toNanos();
  private static final int MOST = 8192;

  private final IncrementalCompiler compiler;
  private final LongSupplier nanoTime;

  /** The oldest first. */
  private final LinkedHashMap<Address, Left> left = new LinkedHashMap<>();

  private record Left(AddressOwner owner, long at) {}

  public NameBook(IncrementalCompiler compiler, LongSupplier nanoTime) {
    this.compiler = compiler;
    this.nanoTime = nanoTime;
  }

  /** To be told of every change before the compiler is. */
  public void leaving(ClusterEvent event) {
    boolean goes =
        event instanceof ClusterEvent.PutPod(var pod)
            ? pod.phase().finished()
            : event instanceof ClusterEvent.Gone(var key) && key.kind() == ClusterEvent.Kind.POD;
    if (goes) {
      compiler
          .addressesOf(event.key().namespace(), event.key().name())
          .forEach(address -> keep(address, compiler.ownerOf(address)));
    }
  }

  private void keep(Address address, AddressOwner owner) {
    long now = nanoTime.getAsLong();
    left.remove(address);
    left.put(address, new Left(owner, now));
    while (left.size() > MOST || now - left.firstEntry().getValue().at() > KEPT) {
      left.pollFirstEntry();
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
    return before == null || nanoTime.getAsLong() - before.at() > KEPT ? owner : before.owner();
  }

  /** The service behind a virtual address, as namespace/name. */
  public Optional<String> service(Address address, Protocol protocol, int port) {
    return compiler.serviceAt(address, protocol, port);
  }
}
