package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.config.Options;
import io.merlon.agent.program.DatapathSettings;
import io.merlon.agent.program.LibbpfDatapath;
import io.merlon.agent.serve.AgentAddress;
import io.merlon.agent.serve.StatusClient;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code merlon detach}: nothing is enforced any more. */
@Command(
    name = "detach",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Remove everything of Merlon's from the kernel, and nothing else.")
final class DetachSubcommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandSpec own = Objects.requireNonNull(spec);
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    Optional<AgentAddress> agent =
        Agents.addresses(given).stream().filter(StatusClient::answers).findFirst();
    if (agent.isPresent()) {
      own.commandLine()
          .getErr()
          .println(
              "merlon: an agent runs here and would put everything back: end it first ("
                  + agent.get()
                  + " answers)");
      return 1;
    }
    LibbpfDatapath.detachEverything(DatapathSettings.at(given.get(Options.PIN_ROOT)));
    return 0;
  }
}
