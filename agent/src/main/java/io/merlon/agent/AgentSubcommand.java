package io.merlon.agent;

import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.log.LogOutput;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
    AgentSettings settings =
        AgentSettings.read(
            CommandLineOptions.given(own.commandLine().getParseResult()), System.getenv());
    LogOutput.configure(settings.telling().log());
    CountDownLatch ended = new CountDownLatch(1);
    NodeAgent agent = NodeAgent.start(settings);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("merlon-stop")
                .unstarted(() -> {
                  agent.close();
                  ended.countDown();
                }));
    if (!agent.join()) {
      return 1; // What is enforced stays so; whoever started this process starts another.
    }
    ended.await();
    return 0;
  }
}
