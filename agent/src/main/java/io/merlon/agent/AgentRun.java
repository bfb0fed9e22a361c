package io.merlon.agent;

import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.log.LogOutput;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A process that is an agent. */
final class AgentRun {
  private AgentRun() {}

  /**
   * Enforces until it is told to end.
   *
   * @param given on the command line, by option name
   * @return the exit code
   */
  static int run(Map<String, String> given) throws IOException, InterruptedException {
    AgentSettings settings = AgentSettings.read(given, System.getenv());
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
