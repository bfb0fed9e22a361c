package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The incremental compilers of a whole cluster and of each of its nodes, told the same events. */
final class Listener {
  private final IncrementalCompiler whole = new IncrementalCompiler(CompileOptions.forCluster());
  private final Map<String, IncrementalCompiler> nodes = new TreeMap<>();
  private final ClusterState state = new ClusterState();

  Listener(List<String> names) {
    for (String name : names) {
      nodes.put(name, new IncrementalCompiler(CompileOptions.forNode(name)));
    }
  }

  /** In one batch. */
  void hear(List<ClusterEvent> events) {
    events.forEach(state::apply);
    whole.apply(events);
    nodes.values().forEach(node -> node.apply(events));
  }

  /** In batches of a few, as they come; at times the kernel catches up between two of them. */
  void hear(List<ClusterEvent> events, Dice dice) {
    for (int from = 0; from < events.size(); ) {
      int to = Math.min(events.size(), from + dice.between(1, 4));
      hear(events.subList(from, to));
      if (dice.chance(40)) {
        whole.settled();
        nodes.values().forEach(IncrementalCompiler::settled);
      }
      from = to;
    }
  }

  ClusterSnapshot cluster() {
    return state.snapshot();
  }

  /** One that has just been started, and hears everything at once. */
  Listener restarted(Dice dice) {
    Listener fresh = new Listener(new ArrayList<>(nodes.keySet()));
    fresh.hear(dice.shuffled(state.puts()));
    return fresh;
  }

  Judge wholeCluster() {
    return new CompiledJudge(cluster(), pod -> whole.current());
  }

  Judge nodeByNode() {
    return new CompiledJudge(cluster(), pod -> node(pod).current());
  }

  private IncrementalCompiler node(Pod pod) {
    return Objects.requireNonNull(nodes.get(Objects.requireNonNull(pod.node())));
  }
}
