package io.merlon.agent.workbench;

import io.merlon.agent.explain.PolicyDiff;
import io.merlon.agent.explain.Workload;
import io.merlon.agent.watch.ManifestProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      "  merlon diff --from main/policies --to policies --markdown > comment.md",
      "",
      "Exit codes: 0 nothing opens, 4 something opens, 2 the command line makes no sense."
    })
public final class DiffCommand implements Callable<Integer> {
  private static final int OPENS = 4;

  @Spec private @Nullable CommandSpec command;

  @Option(names = "--from", required = true, paramLabel = "DIR", description = "The state before.")
  private Path from = Path.of("");

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "The state after.")
  private Path to = Path.of("");

  @Option(names = "--markdown", description = "Print what fits into a pull request's comment.")
  private boolean markdown;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Study before = study(from);
    Study after = study(to);
    PolicyDiff diff = PolicyDiff.between(state(before), state(after));
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

  private Study study(Path folder) {
    if (!Files.exists(folder)) {
      throw new ParameterException(
          Objects.requireNonNull(command).commandLine(), "no such folder: " + folder);
    }
    return Study.of(folder);
  }

  private static PolicyDiff.State state(Study study) {
    return new PolicyDiff.State(study.policy(), Workload.of(study.cluster()));
  }
}
