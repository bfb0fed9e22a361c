package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process in a node's namespace that is killed with -9 while it works. */
record KilledProcess(KernelNode node, Class<?> main, List<String> arguments) {
  /** Lets it work for so long after it says that it is open; what it said after that. */
  List<String> run(long nanos) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    Process child = node.namespace().start(command.toArray(String[]::new));
    List<String> lines = new ArrayList<>();
    try (BufferedReader said = child.inputReader()) {
      String line = said.readLine();
      assertEquals("open", line);
      LockSupport.parkNanos(nanos);
      child.toHandle().destroyForcibly(); // by its handle: what it said stays readable
      while ((line = said.readLine()) != null) {
        lines.add(line);
      }
    }
    assertTrue(child.waitFor(20, TimeUnit.SECONDS));
    return lines;
  }
}
