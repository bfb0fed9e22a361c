package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingPinsTest {
  @TempDir private Path root = Path.of("");

  @Test
  void tellsWhatIsNotPinned() throws IOException {
    assertEquals(List.of(root.resolve("current").toString()), PinnedMaps.missing(root));
    PinLayout layout = new PinLayout(root);
    PinLayout.Generation generation = layout.begin();
    for (String map : List.of("config", "endpoints", "subjects", "tables", "flows4", "flows6")) {
      Files.createFile(generation.map(map));
    }
    layout.putInForce(generation);
    assertEquals(List.of(), PinnedMaps.missing(root));
    Files.delete(generation.map("tables"));
    assertEquals(List.of(generation.map("tables").toString()), PinnedMaps.missing(root));
  }
}
