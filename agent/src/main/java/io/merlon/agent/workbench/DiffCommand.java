package io.merlon.agent.workbench;

import io.merlon.agent.explain.PolicyDiff;
import io.merlon.agent.explain.Workload;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What an edit of policies opens and closes. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "What an edit of policies opens and what it closes, whatever their text looks like.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  merlon diff --from main/policies --to policies",
      "  merlon diff --live --to policies",
      "  merlon diff --from main/policies --to policies --markdown > comment.md",
      "",
      "Exit codes: 0 nothing opens, 4 something opens, 2 the command line makes no sense."
    })
public final class DiffCommand implements Callable<Integer> {
  private static final int OPENS = 4;

  @Spec private @Nullable CommandSpec command;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private @Nullable Before before;

  /** One of both. */
  public static final class Before {
    @Option(names = "--from", paramLabel = "DIR", description = "The state before.")
    private @Nullable Path from;

    @Option(
        names = "--live",
        description = "The cluster of the current kubeconfig is the state before.")
    private boolean live;
  }

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "The state after.")
  private Path to = Path.of("");

  @Option(names = "--markdown", description = "Print what fits into a pull request's comment.")
  private boolean markdown;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec own = Objects.requireNonNull(command);
    Before given = Objects.requireNonNull(before);
    Study then =
        given.live ? Study.ofCluster() : Source.folder(own, Objects.requireNonNull(given.from));
    Study after = Source.folder(own, to);
    PolicyDiff diff = PolicyDiff.between(state(then), state(after));
    if (json) {
      DiffJson.write(diff, System.out);
    } else {
      var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
      DiffText.print(diff, markdown, Paint.ofTerminal(), out);
      out.flush();
    }
    for (ManifestProblem problem : after.problems()) {
      System.err.println(problem);
    }
    return diff.opens() ? OPENS : 0;
  }

  private static PolicyDiff.State state(Study study) {
    return new PolicyDiff.State(study.policy(), Workload.of(study.cluster()));
  }
}
