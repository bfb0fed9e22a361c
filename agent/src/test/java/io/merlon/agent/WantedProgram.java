package io.merlon.agent;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that only a few tests want. A machine that can have one gets it; where there is none to
 * be had the test is left out, and one line says why.
 */
public final class WantedProgram {
  private static final Path TOOLS = Path.of("../.ci");

  private WantedProgram() {}

  /** What became of a command. */
  public record Run(int exit, String said) {}

  public static Run run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), said.strip());
    } catch (IOException e) {
      return new Run(-1, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Path promtool() {
    Run found = run(TOOLS.resolve("promtool").toString());
    return found.exit() == 0 ? Path.of(found.said()) : leftOut("promtool", found.said());
  }

  public static Path chromium() {
    Optional<Path> there = installed("chromium", "chromium-browser", "google-chrome");
    if (there.isPresent()) {
      return there.get();
    }
    run(TOOLS.resolve("deps").toString(), "browser");
    return installed("chromium", "chromium-browser", "google-chrome")
        .orElseGet(() -> leftOut("Chromium", ".ci/deps needs root, apt-get and that package"));
  }

  private static Optional<Path> installed(String... names) {
    List<String> folders =
        List.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1));
    return Stream.of(names)
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Path leftOut(String program, String why) {
    String line = "there is no " + program + " here: " + why.replaceAll("\\s+", " ");
    System.out.println("left out: " + line);
    return Assumptions.abort(line);
  }
}
