package io.merlon.agent.oracle;

import io.merlon.agent.api.Pod;
import org.jspecify.annotations.Nullable;

/**
 * A connection as one side's policies see it.
 *
 * @param subject the pod on whose side this is
 * @param peer the other end's address
 * @param peerPod the pod that owns that address, if one does
 */
record Traffic(
    Direction direction, Pod subject, Ip peer, @Nullable Pod peerPod, Protocol protocol, int port) {
  /** The pod whose port names count (NP-13). */
  @Nullable Pod destination() {
    return direction == Direction.INGRESS ? subject : peerPod;
  }

  /** Whether the connection goes to a port the destination declares by that name. */
  boolean toPortNamed(String name) {
    Pod pod = destination();
    if (pod != null) {
      for (Pod.ContainerPort declared : pod.ports()) {
        if (name.equals(declared.name())
            && declared.port() == port
            && declared.protocol().equals(protocol.name())) {
          return true;
        }
      }
    }
    return false;
  }
}
