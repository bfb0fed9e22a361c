package io.merlon.agent;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.glass.Break;
import io.merlon.agent.glass.Scope;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.watch.ObjectProblem;
import java.util.ArrayList;
import java.util.List;

/** What Events tell: problems of policies, and where the glass is broken. */
final class WorthTelling {
  private WorthTelling() {}

  static List<ObjectProblem> of(AgentView view, String node) {
    List<ObjectProblem> all = new ArrayList<>(PolicyProblems.of(view));
    view.breaks().all().forEach(broken -> all.add(told(broken, node)));
    return all;
  }

  private static ObjectProblem told(Break broken, String node) {
    String text =
        "denials are reported and not carried out until "
            + broken.until()
            + " (by "
            + broken.by()
            + "): "
            + broken.reason();
    return new ObjectProblem(object(broken.scope(), node), "", text, "GlassBroken");
  }

  private static ClusterEvent.Key object(Scope scope, String node) {
    return switch (scope) {
      case Scope.Node() -> new ClusterEvent.Key(ClusterEvent.Kind.NODE, "", node);
      case Scope.Namespace(var name) -> new ClusterEvent.Key(ClusterEvent.Kind.NAMESPACE, "", name);
      case Scope.Pod(var pod) ->
          new ClusterEvent.Key(ClusterEvent.Kind.POD, pod.namespace(), pod.name());
    };
  }
}
