package io.merlon.agent.compile;

import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.policy.PortMatch.PortRange;
import io.merlon.agent.policy.Protocol;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the ports objects declare. */
final class Ports {
  private Ports() {}

  /** The protocol of that name, or null for one without ports or an unknown one. */
  static @Nullable Protocol protocol(String name) {
    return switch (name) {
      case "TCP" -> Protocol.TCP;
      case "UDP" -> Protocol.UDP;
      case "SCTP" -> Protocol.SCTP;
      default -> null;
    };
  }

  private static boolean exists(int port) {
    return port > 0 && port <= PortRange.LAST;
  }

  /** What pods with these ports answer when asked for one by name. */
  static List<PortAnswer> answers(List<ContainerPort> ports) {
    Set<PortAnswer> answers = new TreeSet<>();
    for (ContainerPort port : ports) {
      Protocol protocol = protocol(port.protocol());
      if (port.name() != null && protocol != null && exists(port.port())) {
        answers.add(new PortAnswer(port.name(), protocol, port.port()));
      }
    }
    return List.copyOf(answers);
  }
}
