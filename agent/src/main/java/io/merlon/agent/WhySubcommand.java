package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.serve.AgentAddress;
import io.merlon.agent.serve.FlowClient;
import io.merlon.agent.serve.StatusClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merlon why}: what decided one flow. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = "Say what decided a flow, by its id as merlon flows shows it.")
final class WhySubcommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FLOW-ID")
  private String id = "";

  @Override
  public Integer call() throws IOException {
    CommandSpec own = Objects.requireNonNull(spec);
    PrintWriter out = own.commandLine().getOut();
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    if (!id.matches("[0-9a-z-]{1,40}")) {
      own.commandLine().getErr().println("merlon: no flow " + id);
      return 1;
    }
    AgentAddress agent = Agents.running(given);
    out.println(FlowClient.why(StatusClient.get(agent, "/v1/flows/" + id)));
    out.println("now: " + StatusClient.get(agent, "/v1/flows/" + id + "/now"));
    out.flush();
    return 0;
  }
}
