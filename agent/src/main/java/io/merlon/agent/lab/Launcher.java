package io.merlon.agent.lab;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Starts this same program again, by a command that runs what follows it. */
final class Launcher {
  private Launcher() {}

  static ProcessBuilder by(List<String> prefix, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(ProcessHandle.current().info().command().orElse("java"));
    // Named for the process id, which in a process namespace of its own is another lab's too.
    command.add("-XX:-UsePerfData");
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    addPath(command);
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  private static void addPath(List<String> command) {
    String modules = System.getProperty("jdk.module.path");
    if (modules == null) {
      command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
      command.add("io.merlon.agent.AgentMain");
    } else {
      command.addAll(List.of("-p", modules, "-m", "io.merlon.agent/io.merlon.agent.AgentMain"));
    }
  }
}
