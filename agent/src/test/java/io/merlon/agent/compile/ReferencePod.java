package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod that runs or will, as far as policies care.
 *
 * @param fading whether another pod may have its addresses already
 * @param ports what it declares, sorted
 */
record ReferencePod(
    PodRef pod,
    String uid,
    @Nullable String node,
    boolean hostNetwork,
    boolean fading,
    Mode mode,
    List<Address> addresses,
    List<PortAnswer> ports,
    Identity identity,
    WorkloadRef workload) {}
