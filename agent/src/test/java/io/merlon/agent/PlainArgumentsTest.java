package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.config.Options;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainArgumentsTest {
  private static Optional<Map<String, String>> of(String... args) {
    return PlainArguments.of(List.of(args), Options.ALL);
  }

  @Test
  void takesWhatIsWrittenInFull() {
    assertEquals(
        Optional.of(Map.of("node-name", "n=1", "mode", "audit")),
        of("--node-name=n=1", "--mode=audit"));
    assertEquals(Optional.of(Map.of()), of());
  }

  @Test
  void leavesEverythingElseToTheParserOfAllCommands() {
    assertEquals(Optional.empty(), of("--node-name", "n1"));
    assertEquals(Optional.empty(), of("--node-name=n1", "--help"));
    assertEquals(Optional.empty(), of("--node-name="));
    assertEquals(Optional.empty(), of("--no-such-option=1"));
    assertEquals(Optional.empty(), of("--mode=audit", "--mode=enforce"));
    assertEquals(Optional.empty(), of("n1"));
  }
}
