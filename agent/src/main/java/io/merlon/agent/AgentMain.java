package io.merlon.agent;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one launcher: every part of Merlon is a sub-command of this. */
@Command(
    name = "merlon",
    mixinStandardHelpOptions = true,
    description = "Network enforcement for Kubernetes nodes.")
public final class AgentMain {
  private AgentMain() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new AgentMain()).execute(args));
  }
}
