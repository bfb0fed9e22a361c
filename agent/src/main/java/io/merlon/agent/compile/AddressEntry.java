package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An address somebody has or a service leads to. */
final class AddressEntry extends ClassMember {
  final Address address;

  /** The pods that claim it, host-network pods excepted. Almost always one. */
  List<PodEntry> pods = List.of();

  /** The nodes that claim it. */
  List<NodeState> nodes = List.of();

  /** The services that have it as a backend. */
  List<ServiceState> services = List.of();

  @Nullable PrefixState prefix;

  AddressEntry(Address address) {
    this.address = address;
  }

  boolean isUnused() {
    return pods.isEmpty() && nodes.isEmpty() && services.isEmpty();
  }
}
