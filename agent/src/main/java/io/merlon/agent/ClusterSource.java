package io.merlon.agent;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.config.SourceSetting;
import io.merlon.agent.watch.ApiServer;
import io.merlon.agent.watch.ClusterSink;
import io.merlon.agent.watch.ClusterWatch;
import io.merlon.agent.watch.FolderWatch;
import io.merlon.agent.watch.ObjectProblem;
import io.merlon.agent.watch.Staleness;
import io.merlon.agent.watch.WatchSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where cluster state comes from, whichever it is. */
sealed interface ClusterSource extends AutoCloseable {
  @Override
  void close();

  /** How far it may lag behind; a folder never does. */
  Optional<Staleness> staleness();

  /** All objects as they were told last; for any thread. */
  ClusterSnapshot snapshot();

  /** Has problems of objects told where the objects are; a folder is no place for that. */
  void tellProblems(Supplier<List<ObjectProblem>> problems);

  static ClusterSource open(AgentSettings.Node node, ClusterSink sink) {
    return switch (node.source()) {
      case SourceSetting.Folder(var path) -> new OfFolder(FolderWatch.open(path, sink));
      case SourceSetting.Kubernetes() -> {
        yield new OfServer(
            ClusterWatch.open(
                server(node), WatchSettings.forNode(node.name()), sink, InstantSource.system()));
      }
    };
  }

  /** The API server the settings mean. */
  static ApiServer server(AgentSettings.Node node) {
    return node.kubeconfig().map(ApiServer::of).orElseGet(ApiServer::configured);
  }

  record OfFolder(FolderWatch watch) implements ClusterSource {
    @Override
    public void close() {
      watch.close();
    }

    @Override
    public Optional<Staleness> staleness() {
      return Optional.empty();
    }

    @Override
    public ClusterSnapshot snapshot() {
      return watch.contents().snapshot();
    }

    @Override
    public void tellProblems(Supplier<List<ObjectProblem>> problems) {}
  }

  record OfServer(ClusterWatch watch) implements ClusterSource {
    @Override
    public void close() {
      watch.close();
    }

    @Override
    public Optional<Staleness> staleness() {
      return Optional.of(watch.staleness());
    }

    @Override
    public ClusterSnapshot snapshot() {
      return watch.snapshot();
    }

    @Override
    public void tellProblems(Supplier<List<ObjectProblem>> problems) {
      watch.tellProblems(problems);
    }
  }
}
