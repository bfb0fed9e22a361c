package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod this node enforces policies for. It may still be waiting for its addresses.
 *
 * @param node where it runs
 * @param workload whom its packets are counted for
 * @param subject whose verdict table it uses; pods treated and counted alike share one
 */
public record LocalPod(
    PodRef pod,
    String uid,
    @Nullable String node,
    WorkloadRef workload,
    int subject,
    Mode mode,
    List<Address> addresses,
    Identity identity) {
  public LocalPod {
    addresses = List.copyOf(addresses);
  }
}
