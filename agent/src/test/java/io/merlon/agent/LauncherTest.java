package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The JVM says of a flag it does not like on standard output, where answers are expected. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("src/dist/bin/merlon");
  private static final String OPTIONS = "@src/dist/bin/java.options";
  private static final Pattern QUICK = Pattern.compile("quick=\"([^\"]+)\"");

  @Test
  void theJvmHasNothingToSayAboutTheAgentsFlags() throws Exception {
    assertEquals("", printed(List.of()));
  }

  @Test
  void orAboutThoseOfCommandsThatSoonEnd() throws Exception {
    Matcher quick = QUICK.matcher(Files.readString(LAUNCHER));
    assertTrue(quick.find(), "the launcher has flags for them");
    assertEquals("", printed(List.of(quick.group(1).split(" ", -1))));
  }

  @Test
  void theFileOfOptionsIsRead() throws Exception {
    String flags = printed(List.of("-XX:+PrintFlagsFinal"));
    assertTrue(flags.matches("(?s).*UseSerialGC += true .*"), flags);
  }

  /** What it prints before anything runs: of -version, that is nothing on standard output. */
  private static String printed(List<String> flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add(OPTIONS);
    command.addAll(flags);
    command.add("-version");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }
}
