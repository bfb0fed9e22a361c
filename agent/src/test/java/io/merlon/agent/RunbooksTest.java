package io.merlon.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

/** What runbooks tell people to type must be understood at three in the morning. */
class RunbooksTest {
  /** A line of a command, or a command within a sentence that has options or a sub-command only. */
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|-- |`)merlon ([^`|\\n]+)", Pattern.MULTILINE);

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("../docs/monitoring.md")));
    try (Stream<Path> files = Files.list(Path.of("../docs/runbooks"))) {
      pages.addAll(files.toList());
    }
    return pages;
  }

  @Test
  void everyCommandIsOne() throws IOException {
    List<String> wrong = new ArrayList<>();
    int commands = 0;
    for (Path page : pages()) {
      for (var found : COMMAND.matcher(Files.readString(page)).results().toList()) {
        String[] words = found.group(1).strip().split("\\s+", -1);
        // A bare name in a sentence need not have the arguments it cannot do without.
        boolean isName = words.length == 1 && found.group().startsWith("`");
        commands++;
        try {
          if (!isName) {
            Commands.commandLine().parseArgs(words);
          } else if (!Commands.commandLine().getSubcommands().containsKey(words[0])) {
            wrong.add(page + ": merlon " + words[0]);
          }
        } catch (ParameterException misused) {
          wrong.add(page + ": merlon " + found.group(1) + ": " + misused.getMessage());
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(commands > 30, "commands found: " + commands);
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Path folder = page.resolveSibling("");
      for (var link : LINK.matcher(Files.readString(page)).results().toList()) {
        if (!Files.exists(folder.resolve(link.group(1)))) {
          dead.add(page + ": " + link.group(1));
        }
      }
    }
    assertEquals(List.of(), dead);
  }
}
