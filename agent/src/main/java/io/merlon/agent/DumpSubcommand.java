package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.config.Options;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.program.PinnedMaps;
import io.merlon.agent.serve.DecisionNames;
import io.merlon.agent.verify.KernelDump;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code merlon dump}: what the kernel holds. */
@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Show what the kernel holds: interfaces, classes of peers, services, verdict tables.",
      "Rules have their names if this node's agent answers, and numbers if not."
    })
final class DumpSubcommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--flows", description = "The flows that are remembered as well.")
  private boolean flows;

  @Override
  public Integer call() {
    CommandSpec own = Objects.requireNonNull(spec);
    PrintWriter out = own.commandLine().getOut();
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    Path pins = given.get(Options.PIN_ROOT);
    DecisionNames names = DecisionNames.askedOf(Agents.addresses(given));
    KernelDump dump = new KernelDump(out, names::name);
    dump.print(KernelContent.read(pins));
    if (flows) {
      out.println("\nFLOWS");
      try (PinnedMaps maps = PinnedMaps.open(pins)) {
        maps.flows(dump::print);
      }
    }
    out.flush();
    return 0;
  }
}
