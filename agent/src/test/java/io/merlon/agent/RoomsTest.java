package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which room may know which: dependencies run towards plain values (docs/architecture.md). */
class RoomsTest {
  private static final Path SOURCES = Path.of("src/main/java/io/merlon/agent");
  private static final String OURS = "import io.merlon.agent.";

  /**
   * Each pure room, and the rooms of ours it may import. None may import anything native or remote.
   */
  private static final Map<String, Set<String>> PURE =
      Map.of(
          "api", Set.of(),
          "policy", Set.of("api", "identity"),
          "identity", Set.of("api", "policy"),
          "compile", Set.of("api", "identity", "policy"),
          "plan", Set.of("api", "identity", "policy", "compile"),
          "explain", Set.of("api", "identity", "policy", "compile"),
          "oracle", Set.of("api"));

  private static final List<String> OUTSIDE =
      List.of(
          "import io.fabric8.",
          "import io.merlon.bpf.",
          "import io.merlon.datapath.",
          "import java.lang.foreign.",
          "import java.net.http.",
          "import org.slf4j.",
          "import java.time.Clock");

  @Test
  void pureRoomsKnowOnlyPlainValues() {
    List<String> found =
        imports()
            .filter(i -> PURE.containsKey(i.room()))
            .filter(RoomsTest::forbidden)
            .map(Import::text)
            .toList();
    assertEquals(List.of(), found);
  }

  @Test
  void onlyWatchKnowsTheApiClient() {
    assertEquals(List.of(), outside("watch", "import io.fabric8."));
  }

  @Test
  void onlyFewRoomsTouchTheKernel() {
    List<String> found =
        imports()
            .filter(i -> i.line().startsWith("import io.merlon.bpf."))
            .filter(i -> !Set.of("program", "lab", "observe", "").contains(i.room()))
            // The loop touches nothing, but answers what the kernel refused to others.
            .filter(i -> !i.line().equals("import io.merlon.bpf.BpfException;"))
            .map(Import::text)
            .toList();
    assertEquals(List.of(), found);
  }

  @Test
  void nobodyTouchesNativeMemory() {
    assertEquals(List.of(), outside("nobody", "import java.lang.foreign."));
  }

  @Test
  void readsTheSources() {
    assertTrue(imports().count() > 100, "the test reads the sources it judges");
  }

  private static boolean forbidden(Import line) {
    if (OUTSIDE.stream().anyMatch(line.line()::startsWith)) {
      return true;
    }
    if (!line.line().startsWith(OURS)) {
      return false;
    }
    String room = line.line().substring(OURS.length()).replaceAll("\\..*", "");
    Set<String> known = PURE.getOrDefault(line.room(), Set.of());
    return !room.equals(line.room()) && !known.contains(room);
  }

  private static List<String> outside(String room, String prefix) {
    return imports()
        .filter(i -> !i.room().equals(room) && i.line().startsWith(prefix))
        .map(Import::text)
        .toList();
  }

  private record Import(String room, Path file, String line) {
    String text() {
      return file + ": " + line;
    }
  }

  private static Stream<Import> imports() {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(f -> f.toString().endsWith(".java"))
          .flatMap(RoomsTest::imports)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Import> imports(Path file) {
    Path inside = SOURCES.relativize(file);
    String room = inside.getNameCount() == 1 ? "" : inside.getName(0).toString();
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("import "))
          .map(line -> new Import(room, inside, line.replace("import static ", "import ")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
