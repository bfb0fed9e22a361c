package io.merlon.agent.lab;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Starts this same program again, in another network namespace. */
final class Launcher {
  private Launcher() {}

  static ProcessBuilder in(String namespace, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    addPath(command);
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
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
