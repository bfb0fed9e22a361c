package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherEnforcerTest {
  @TempDir private Path bpffs;

  @Test
  void findsTheOtherAgentByWhatItPinsWheneverItBegins() throws IOException {
    OtherEnforcer other = new OtherEnforcer(bpffs.resolve("merlon"));
    assertEquals(0, other.programs());
    Path programs = Files.createDirectories(bpffs.resolve("globals/aws/programs"));
    assertEquals(List.of(), other.problems(), "installed, and switched off");
    Path first = Files.createFile(programs.resolve("web-0-default_handle_ingress"));
    Path second = Files.createFile(programs.resolve("web-0-default_handle_egress"));
    assertEquals(
        List.of(
            "the VPC CNI's network policy agent enforces on this node too: 2 programs of it are pinned"),
        other.problems());
    Files.delete(first);
    Files.delete(second);
    assertEquals(List.of(), other.problems());
  }
}
