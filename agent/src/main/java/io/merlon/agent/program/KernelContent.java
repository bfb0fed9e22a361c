package io.merlon.agent.program;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel's maps hold, read back and decoded by somebody who was told nothing else.
 *
 * @param epoch odd while a plan that narrows is under way
 * @param tables by subject; whatever decided is known by its cookie only
 * @param virtual the addresses that are marked as services'
 */
public record KernelContent(
    long epoch,
    Map<HostInterface, Guarded> interfaces,
    Map<Integer, VerdictTable> tables,
    AddressBook addresses,
    Set<Address> virtual,
    PersistentMap<ServiceKey, ServiceTarget> services) {
  public KernelContent {
    interfaces = Map.copyOf(interfaces);
    tables = Map.copyOf(tables);
    virtual = Set.copyOf(virtual);
  }

  /**
   * What stands at an interface.
   *
   * @param pod whose it is, null for an uplink and where nobody knows
   * @param endpoint how it is enforced, null if it is not
   */
  public record Guarded(boolean uplink, @Nullable PodRef pod, @Nullable Endpoint endpoint) {
    private Guarded asOf(long second) {
      return endpoint == null ? this : new Guarded(uplink, pod, endpoint.asOf(second));
    }
  }

  /** How the kernel takes it at a second since boot: some modes have ended by then. */
  public KernelContent asOf(long second) {
    Map<HostInterface, Guarded> then = new HashMap<>();
    interfaces.forEach((at, guarded) -> then.put(at, guarded.asOf(second)));
    return new KernelContent(epoch, then, tables, addresses, virtual, services);
  }

  /**
   * Reads the maps in force, by their names and nothing else. They may change meanwhile: whoever
   * finds something wrong should look twice.
   *
   * @throws io.merlon.bpf.BpfException if there are none, or they cannot be read
   * @throws IllegalArgumentException if they contradict themselves
   */
  public static KernelContent read(Path root) {
    try (PinnedMaps maps = PinnedMaps.open(root)) {
      return maps.read();
    }
  }
}
