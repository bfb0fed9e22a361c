package io.merlon.agent;

import io.merlon.agent.config.Layers;
import io.merlon.agent.config.Options;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.program.PinnedMaps;
import io.merlon.agent.serve.DecisionNames;
import io.merlon.agent.verify.KernelDump;
import io.merlon.agent.verify.KernelJson;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
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

  @Option(
      names = {"-o", "--output"},
      description = "text or json, one object.")
  private OutputFormat output = OutputFormat.TEXT;

  @Override
  public Integer call() {
    CommandSpec own = Objects.requireNonNull(spec);
    PrintWriter out = own.commandLine().getOut();
    Layers given =
        Layers.of(CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    Path pins = given.get(Options.PIN_ROOT);
    DecisionNames names = DecisionNames.askedOf(Agents.addresses(given));
    KernelContent content = KernelContent.read(pins);
    switch (output) {
      case TEXT -> {
        KernelDump dump = new KernelDump(out, names::name);
        dump.print(content);
        if (flows) {
          out.println("\nFLOWS");
          flows(pins, dump::print);
        }
      }
      case JSON -> KernelJson.print(out, content, names::name, visitor -> flows(pins, visitor));
    }
    out.flush();
    return 0;
  }

  private void flows(Path pins, BiConsumer<FlowKey, Flow> visitor) {
    if (flows) {
      try (PinnedMaps maps = PinnedMaps.open(pins)) {
        maps.flows(visitor);
      }
    }
  }
}
