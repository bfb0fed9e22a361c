package io.merlon.agent.workbench;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyCompiler;
import io.merlon.agent.config.LogSettings;
import io.merlon.agent.log.LogOutput;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.watch.ApiServer;
import io.merlon.agent.watch.ClusterReading;
import io.merlon.agent.watch.FolderContents;
import io.merlon.agent.watch.ManifestFolder;
import io.merlon.agent.watch.ManifestProblem;
import io.merlon.agent.watch.ManifestProblem.Severity;
import io.merlon.agent.watch.SourceMap;
import io.merlon.agent.watch.SourceMap.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster to be asked about: what is in it, what its policies mean, what is wrong with them.
 *
 * @param folder it was read from; for a cluster that is no folder, what stands for one in messages
 * @param problems of the manifests first, then those of policies
 */
record Study(
    Path folder,
    ClusterSnapshot cluster,
    CompiledPolicy policy,
    List<ManifestProblem> problems,
    SourceMap sources) {
  private static final Path CLUSTER = Path.of("cluster");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  Study {
    problems = List.copyOf(problems);
  }

  /** Reads and compiles a folder; what is wrong in it is in the problems, the rest is answered. */
  static Study of(Path folder) {
    return of(folder, ManifestFolder.read(folder));
  }

  /** Compiles what was read. */
  static Study of(Path folder, FolderContents contents) {
    CompiledPolicy policy =
        PolicyCompiler.compile(contents.snapshot(), CompileOptions.forCluster());
    List<ManifestProblem> problems = new ArrayList<>(contents.problems());
    for (CompileProblem problem : policy.problems()) {
      problems.add(placed(problem, contents.sources(), folder));
    }
    return new Study(folder, contents.snapshot(), policy, problems, contents.sources());
  }

  /** Reads and compiles the cluster of the current kubeconfig. */
  static Study ofCluster() throws IOException, InterruptedException {
    // What cannot be asked is an answer, told once.
    LogOutput.configure(new LogSettings(LogSettings.Level.ERROR, LogSettings.Format.TEXT));
    ClusterSnapshot cluster = ClusterReading.read(ApiServer.configured(), PATIENCE);
    CompiledPolicy policy = PolicyCompiler.compile(cluster, CompileOptions.forCluster());
    List<ManifestProblem> problems =
        policy.problems().stream()
            .map(problem -> placed(problem, SourceMap.NOWHERE, CLUSTER))
            .toList();
    return new Study(CLUSTER, cluster, policy, problems, SourceMap.NOWHERE);
  }

  private static ManifestProblem placed(CompileProblem problem, SourceMap sources, Path folder) {
    return placed(
        problem.object(), problem.field(), problem.reason(), Severity.ERROR, sources, folder);
  }

  /** Something about an object, with its file and line. */
  ManifestProblem placed(ClusterEvent.Key key, String field, String text, Severity severity) {
    return placed(key, field, text, severity, sources, folder);
  }

  private static ManifestProblem placed(
      ClusterEvent.Key key,
      String field,
      String text,
      Severity severity,
      SourceMap sources,
      Path folder) {
    Place place =
        (field.isEmpty() ? sources.place(key) : sources.place(key, field))
            .orElse(new Place(folder, 0));
    String name = key.namespace().isEmpty() ? key.name() : key.namespace() + "/" + key.name();
    String kind =
        switch (key.kind()) {
          case NAMESPACE -> "Namespace";
          case POD -> "Pod";
          case SERVICE_ACCOUNT -> "ServiceAccount";
          case NODE -> "Node";
          case SERVICE -> "Service";
          case ENDPOINT_SLICE -> "EndpointSlice";
          case NETWORK_POLICY -> "NetworkPolicy";
          case CLUSTER_NETWORK_POLICY -> "ClusterNetworkPolicy";
          case POD_IDENTITY_ASSOCIATION -> "PodIdentityAssociation";
        };
    return new ManifestProblem(
        place.file(), place.line(), kind + " " + name, field, text, severity);
  }
}
