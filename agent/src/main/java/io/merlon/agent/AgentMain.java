package io.merlon.agent;

import io.merlon.agent.lab.DemoCommand;
import io.merlon.agent.lab.LabException;
import io.merlon.agent.lab.PodCommand;
import io.merlon.agent.workbench.CheckCommand;
import io.merlon.agent.workbench.DiffCommand;
import io.merlon.agent.workbench.ExplainCommand;
import io.merlon.agent.workbench.MatrixCommand;
import io.merlon.bpf.BpfException;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The one launcher: every part of Merlon is a sub-command of this. */
@Command(
    name = "merlon",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Network enforcement for Kubernetes nodes.",
    subcommands = {
      MatrixCommand.class,
      ExplainCommand.class,
      CheckCommand.class,
      DiffCommand.class,
      DemoCommand.class,
      AutoComplete.GenerateCompletion.class,
      PodCommand.class
    })
public final class AgentMain implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new AgentMain())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((error, command, _) -> explain(error, command))
            .execute(args));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
    }
  }

  /** What the kernel or the lab refused is one sentence; anything else is ours, with its trace. */
  private static int explain(Exception error, CommandLine command) throws Exception {
    if (error instanceof BpfException || error instanceof LabException) {
      command.getErr().println("merlon: " + error.getMessage());
      return 1;
    }
    throw error;
  }
}
