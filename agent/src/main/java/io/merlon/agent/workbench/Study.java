package io.merlon.agent.workbench;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyCompiler;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.watch.FolderContents;
import io.merlon.agent.watch.ManifestFolder;
import io.merlon.agent.watch.ManifestProblem;
import io.merlon.agent.watch.ManifestProblem.Severity;
import io.merlon.agent.watch.SourceMap;
import io.merlon.agent.watch.SourceMap.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A cluster to be asked about: what is in it, what its policies mean, what is wrong with them.
 *
 * @param problems of the manifests first, then those of policies
 */
record Study(
    ClusterSnapshot cluster,
    CompiledPolicy policy,
    List<ManifestProblem> problems,
    SourceMap sources) {
  Study {
    problems = List.copyOf(problems);
  }

  /** Reads and compiles a folder; what is wrong in it is in the problems, the rest is answered. */
  static Study of(Path folder) {
    FolderContents contents = ManifestFolder.read(folder);
    CompiledPolicy policy =
        PolicyCompiler.compile(contents.snapshot(), CompileOptions.forCluster());
    List<ManifestProblem> problems = new ArrayList<>(contents.problems());
    for (CompileProblem problem : policy.problems()) {
      problems.add(placed(problem, contents.sources(), folder));
    }
    return new Study(contents.snapshot(), policy, problems, contents.sources());
  }

  private static ManifestProblem placed(CompileProblem problem, SourceMap sources, Path folder) {
    var key = problem.object();
    Place place = sources.place(key, problem.field()).orElse(new Place(folder, 0));
    String name = key.namespace().isEmpty() ? key.name() : key.namespace() + "/" + key.name();
    String object = key.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name;
    return new ManifestProblem(
        place.file(), place.line(), object, problem.field(), problem.reason(), Severity.ERROR);
  }
}
