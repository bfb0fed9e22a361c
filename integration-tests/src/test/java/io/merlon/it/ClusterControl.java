package io.merlon.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What happens to a cluster from outside, by the command that CLUSTER_CONTROL names: {@code
 * api-server stop}, {@code api-server start}, {@code kubelet NODE}, {@code containerd NODE}
 * (restarted), {@code compact} (etcd, while the API server is away, too), {@code node leave NODE},
 * {@code node join NODE}.
 */
record ClusterControl(String command) {
  static Optional<ClusterControl> here() {
    return Optional.ofNullable(System.getenv("CLUSTER_CONTROL"))
        .filter(command -> !command.isEmpty())
        .map(ClusterControl::new);
  }

  void act(String... arguments) {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of(arguments));
    Command.run(line, "").succeeded();
  }
}
