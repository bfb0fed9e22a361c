package io.merlon.agent;

import io.merlon.agent.config.ConfigurationException;
import io.merlon.agent.config.Option;
import io.merlon.agent.config.Options;
import io.merlon.agent.lab.LabException;
import io.merlon.agent.workbench.CheckCommand;
import io.merlon.agent.workbench.DemoCommand;
import io.merlon.agent.workbench.DiffCommand;
import io.merlon.agent.workbench.ExplainCommand;
import io.merlon.agent.workbench.LabCommand;
import io.merlon.agent.workbench.MatrixCommand;
import io.merlon.bpf.BpfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The one launcher: every part of Merlon is a sub-command of this. */
@Command(
    name = "merlon",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Network enforcement for Kubernetes nodes.",
    subcommands = {
      AgentSubcommand.class,
      StatusSubcommand.class,
      DetachSubcommand.class,
      MatrixCommand.class,
      ExplainCommand.class,
      CheckCommand.class,
      DiffCommand.class,
      LabCommand.class,
      DemoCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class AgentMain implements Runnable {
  private static final int USAGE = 2;

  @Spec private @Nullable CommandSpec spec;

  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** The agent's start is not to wait for what describes every other command. */
  private static int execute(String[] args) {
    return args.length > 0 && args[0].equals("agent")
        ? agent().execute(Arrays.copyOfRange(args, 1, args.length))
        : commandLine().execute(args);
  }

  /** The line of {@code merlon agent} alone. */
  static CommandLine agent() {
    CommandLine line = new CommandLine(new AgentSubcommand()).setCommandName("merlon agent");
    CommandLineOptions.add(line.getCommandSpec(), Options.ALL);
    return handled(line);
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new AgentMain());
    addOptions(line, "agent", Options.ALL);
    addOptions(line, "detach", Options.DETACH);
    addOptions(line, "status", Options.STATUS);
    return handled(line);
  }

  private static CommandLine handled(CommandLine line) {
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
    return USAGE;
  }

  /** What is wrong around us is one sentence; anything else is ours, with its trace. */
  private static int explain(Exception error, CommandLine command) throws Exception {
    if (error instanceof ConfigurationException) {
      command.getErr().println("merlon: " + error.getMessage());
      return USAGE;
    }
    if (error instanceof BpfException
        || error instanceof LabException
        || error instanceof IOException
        || error instanceof UncheckedIOException) {
      command.getErr().println("merlon: " + error.getMessage());
      return 1;
    }
    throw error;
  }
}
