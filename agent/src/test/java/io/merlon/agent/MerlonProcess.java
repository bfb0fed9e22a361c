package io.merlon.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Merlon as a user runs it: in a process of its own. */
public final class MerlonProcess {
  private MerlonProcess() {}

  /** How a run ended. */
  public record Run(int code, String printed, String errors, long pid) {
    /** Everything it printed. */
    public String all() {
      return printed + errors;
    }
  }

  public static Run run(String... arguments) throws IOException, InterruptedException {
    return run(List.of(), arguments);
  }

  /** What starts it. */
  public static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.merlon.agent.AgentMain");
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs it by another command that runs what follows it, such as unshare(1). */
  public static Run run(List<String> prefix, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(command(arguments));
    Path errors = Files.createTempFile("merlon", ".err");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), printed, Files.readString(errors), process.pid());
    } finally {
      Files.delete(errors);
    }
  }
}
