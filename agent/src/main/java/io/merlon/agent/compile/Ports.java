package io.merlon.agent.compile;

import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.policy.PortMatch.PortRange;
import io.merlon.agent.policy.Protocol;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the ports objects declare. */
final class Ports {
  private Ports() {}

  private static boolean exists(int port) {
    return port > 0 && port <= PortRange.LAST;
  }

  /** What pods with these ports answer when asked for one by name. */
  static List<PortAnswer> answers(List<ContainerPort> ports) {
    Set<PortAnswer> answers = new TreeSet<>();
    for (ContainerPort port : ports) {
      Protocol protocol = Protocol.named(port.protocol());
      if (port.name() != null && protocol != null && exists(port.port())) {
        answers.add(new PortAnswer(port.name(), protocol, port.port()));
      }
    }
    return List.copyOf(answers);
  }
}
