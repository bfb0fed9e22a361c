package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Gone;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.watch.ManifestProblem.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a folder holds at one moment: a whole cluster, and what is wrong with its description. */
public final class FolderContents {
  private final Map<ClusterEvent.Key, ClusterEvent> objects;
  private final List<ManifestProblem> problems;
  private final SourceMap sources;

  FolderContents(
      Map<ClusterEvent.Key, ClusterEvent> objects,
      List<ManifestProblem> problems,
      SourceMap sources) {
    this.objects = new LinkedHashMap<>(objects);
    this.problems = List.copyOf(problems);
    this.sources = sources;
  }

  /** All objects, as the events that would make them. */
  public Collection<ClusterEvent> events() {
    return List.copyOf(objects.values());
  }

  public ClusterSnapshot snapshot() {
    return Snapshots.of(objects.values());
  }

  /** In the order of files and lines. */
  public List<ManifestProblem> problems() {
    return problems;
  }

  public boolean hasErrors() {
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }

  public SourceMap sources() {
    return sources;
  }

  /** What leads from earlier contents to these: first what is new or other, then what is gone. */
  List<ClusterEvent> since(FolderContents before) {
    var events = new ArrayList<ClusterEvent>();
    objects.forEach((key, event) -> {
      if (!event.equals(before.objects.get(key))) {
        events.add(event);
      }
    });
    for (ClusterEvent.Key key : before.objects.keySet()) {
      if (!objects.containsKey(key)) {
        events.add(new Gone(key));
      }
    }
    return events;
  }
}
