package io.merlon.agent.program;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.RandomEvents;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.DesiredState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A story of a small cluster: what the kernel should hold, moment by moment. The same seed tells
 * the same story in every process.
 */
final class Worlds {
  private static final CompileOptions NODE = CompileOptions.forNode("node-a");

  private Worlds() {}

  static List<DesiredState> story(long seed, int length) {
    RandomEvents world = new RandomEvents(new Random(seed));
    Random random = new Random(seed);
    IncrementalCompiler compiler = new IncrementalCompiler(NODE);
    List<DesiredState> story = new ArrayList<>();
    for (int moment = 0; moment < length; moment++) {
      int count = moment == 0 ? 60 : 1 + random.nextInt(4);
      List<ClusterEvent> events = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        events.add(world.next());
      }
      story.add(DesiredState.of(compiler.apply(events)));
      compiler.settled();
    }
    return story;
  }

  /** Which pods of a story have which of the interfaces: one each, as far as they reach. */
  static Map<PodRef, HostInterface> owners(
      List<DesiredState> story, List<HostInterface> interfaces) {
    TreeSet<PodRef> pods = new TreeSet<>();
    story.forEach(state -> pods.addAll(state.endpoints().keySet()));
    Map<PodRef, HostInterface> owners = new TreeMap<>();
    for (PodRef pod : pods) {
      if (owners.size() < interfaces.size()) {
        owners.put(pod, interfaces.get(owners.size()));
      }
    }
    return owners;
  }
}
