package io.merlon.agent;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code merlon agent}: enforces until it is told to end. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Enforce policies on this node. Ended, it leaves enforcement in place.",
    footer = "Every option can also be given in the environment and in a file: see --config.")
final class AgentSubcommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec own = Objects.requireNonNull(spec);
    return AgentRun.run(CommandLineOptions.given(own.commandLine().getParseResult()));
  }
}
