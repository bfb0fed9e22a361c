package io.merlon.agent.program;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.Interfaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process that follows a story from some moment on, to be killed. Arguments: the folder of pins,
 * the kind of hooks, the story's seed, its length, the moment, the number of interfaces.
 */
final class CrashChild {
  private CrashChild() {}

  public static void main(String[] args) {
    List<DesiredState> story = Worlds.story(Long.parseLong(args[2]), Integer.parseInt(args[3]));
    List<HostInterface> interfaces = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[5]); i++) {
      interfaces.add(new HostInterface(Interfaces.index("eni" + i), "eni" + i));
    }
    Map<PodRef, HostInterface> owners = Worlds.owners(story, interfaces);
    LibbpfDatapath datapath =
        LibbpfDatapath.open(KernelNode.settings(Path.of(args[0]), HookKind.valueOf(args[1])));
    say("open");
    owners.forEach((pod, at) -> datapath.bind(at, pod));
    for (int moment = Integer.parseInt(args[4]); moment < story.size(); moment++) {
      Plan plan = new Planner(datapath.capacities()).plan(datapath.observed(), story.get(moment));
      for (PlanStep step : plan.steps()) {
        datapath.apply(step);
      }
      datapath.settle(1); // exchanges filters for links, as long as there are filters
      say("reached " + moment);
    }
    say("end");
  }

  private static void say(String what) {
    System.out.println(what);
    System.out.flush();
  }
}
