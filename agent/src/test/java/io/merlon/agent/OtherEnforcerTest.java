package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherEnforcerTest {
  @TempDir private Path bpffs;

  private Optional<Long> found() {
    return OtherEnforcer.programs(bpffs.resolve("merlon"));
  }

  @Test
  void findsTheOtherAgentByWhatItPins() throws IOException {
    assertEquals(Optional.empty(), found());
    Path programs = Files.createDirectories(bpffs.resolve("globals/aws/programs"));
    assertEquals(Optional.empty(), found(), "installed, and switched off");
    Files.createFile(programs.resolve("web-0-default_handle_ingress"));
    Files.createFile(programs.resolve("web-0-default_handle_egress"));
    assertEquals(Optional.of(2L), found());
  }
}
