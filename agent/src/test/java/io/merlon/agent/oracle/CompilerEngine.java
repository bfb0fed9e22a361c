package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyCompiler;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The compiler as an engine: once for the whole cluster, or once for each node. */
enum CompilerEngine implements PolicyEngine {
  WHOLE_CLUSTER {
    @Override
    public Judge over(ClusterSnapshot cluster) {
      CompiledPolicy all = PolicyCompiler.compile(cluster, CompileOptions.forCluster());
      return new CompiledJudge(cluster, pod -> all);
    }
  },

  /** As agents do: each side is judged by the tables of the node the pod is on. */
  NODE_BY_NODE {
    @Override
    public Judge over(ClusterSnapshot cluster) {
      Map<String, CompiledPolicy> byNode = new HashMap<>();
      for (Pod pod : cluster.pods()) {
        if (pod.node() != null) {
          byNode.computeIfAbsent(
              pod.node(), node -> PolicyCompiler.compile(cluster, CompileOptions.forNode(node)));
        }
      }
      return new CompiledJudge(
          cluster, pod -> Objects.requireNonNull(byNode.get(Objects.requireNonNull(pod.node()))));
    }
  }
}
