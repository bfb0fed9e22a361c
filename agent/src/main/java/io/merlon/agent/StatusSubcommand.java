package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.serve.StatusClient;
import io.merlon.agent.serve.StatusReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code merlon status}: what the agent of this node enforces, and what is wrong. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Show what this node's agent enforces. Exit code 3 says that something is wrong.")
final class StatusSubcommand implements Callable<Integer> {
  private static final int WRONG = 3;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    CommandSpec own = Objects.requireNonNull(spec);
    PrintWriter out = own.commandLine().getOut();
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    StatusReport report = StatusClient.ask(Agents.running(given));
    out.println(json ? report.json() : report.text());
    out.flush();
    return report.isWell() ? 0 : WRONG;
  }
}
