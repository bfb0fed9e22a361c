package io.merlon.agent;

import io.merlon.agent.config.Option;
import io.merlon.agent.config.Options;
import io.merlon.agent.workbench.CheckCommand;
import io.merlon.agent.workbench.DemoCommand;
import io.merlon.agent.workbench.DiffCommand;
import io.merlon.agent.workbench.ExplainCommand;
import io.merlon.agent.workbench.LabCommand;
import io.merlon.agent.workbench.MatrixCommand;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Every part of Merlon is a sub-command of this. */
@Command(
    name = "merlon",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Network enforcement for Kubernetes nodes.",
    subcommands = {
      AgentSubcommand.class,
      StatusSubcommand.class,
      FlowsSubcommand.class,
      WhySubcommand.class,
      VerifySubcommand.class,
      DumpSubcommand.class,
      BreakGlassSubcommand.class,
      DetachSubcommand.class,
      MatrixCommand.class,
      ExplainCommand.class,
      CheckCommand.class,
      DiffCommand.class,
      LabCommand.class,
      DemoCommand.class,
      AutoComplete.GenerateCompletion.class
    })
final class Commands implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Commands());
    addOptions(line, "agent", Options.ALL);
    addOptions(line, "break-glass", Options.BREAK_GLASS);
    addOptions(line, "detach", Options.DETACH);
    addOptions(line, "status", Options.STATUS);
    addOptions(line, "flows", Options.STATUS);
    addOptions(line, "why", Options.STATUS);
    addOptions(line, "verify", Options.VERIFY);
    addOptions(line, "dump", Options.DETACH);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((error, _) -> misused(error))
        .setExecutionExceptionHandler((error, command, _) -> explain(error, command));
  }

  private static void addOptions(CommandLine line, String command, List<Option<?>> options) {
    CommandLine sub = Objects.requireNonNull(line.getSubcommands().get(command), command);
    CommandLineOptions.add(sub.getCommandSpec(), options);
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "which command?");
    }
  }

  private static int misused(ParameterException error) {
    String command = error.getCommandLine().getCommandSpec().qualifiedName();
    String reason = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    error.getCommandLine().getErr().println("merlon: " + reason + "; see " + command + " --help");
    return Complaint.USAGE;
  }

  private static int explain(Exception error, CommandLine command) throws Exception {
    Complaint complaint = Complaint.about(error).orElseThrow(() -> error);
    command.getErr().println(complaint.text());
    return complaint.exitCode();
  }
}
