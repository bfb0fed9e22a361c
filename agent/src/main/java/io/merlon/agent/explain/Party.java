package io.merlon.agent.explain;

import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end as rules see it.
 *
 * @param identity what selectors of pods see; null if they cannot select it
 * @param ports what its pod declares
 * @param nodes those that have the address
 */
record Party(
    End end,
    Address address,
    @Nullable Identity identity,
    List<Pod.ContainerPort> ports,
    List<Node> nodes) {
  Party {
    ports = List.copyOf(ports);
    nodes = List.copyOf(nodes);
  }
}
