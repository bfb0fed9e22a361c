package io.merlon.agent;

import io.merlon.agent.config.Options;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one launcher. The agent, told plainly what it needs, begins at once: what describes, parses
 * and explains every command is a fifth of a second of its start.
 */
public final class AgentMain {
  private AgentMain() {}

  public static void main(String[] args) throws Exception {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) throws Exception {
    Optional<Map<String, String>> given =
        !args.isEmpty() && args.getFirst().equals("agent")
            ? PlainArguments.of(args.subList(1, args.size()), Options.ALL)
            : Optional.empty();
    return given.isPresent()
        ? agent(given.get())
        : Commands.commandLine().execute(args.toArray(String[]::new));
  }

  private static int agent(Map<String, String> given) throws Exception {
    try {
      return AgentRun.run(given);
    } catch (Exception error) {
      Complaint complaint = Complaint.about(error).orElseThrow(() -> error);
      System.err.println(complaint.text());
      return complaint.exitCode();
    }
  }
}
