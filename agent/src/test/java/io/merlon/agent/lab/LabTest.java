package io.merlon.agent.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab as a user runs it, on the payments example. */
class LabTest {
  private static final Path PAYMENTS = Path.of("../docs/examples/payments");
  private static final String ON_NODE_B =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: watcher, namespace: web, labels: {app: watcher}}
      spec:
        nodeName: node-b
        containers:
        - {name: w, image: w, ports: [{containerPort: 53, protocol: UDP}]}
      ---
      {apiVersion: v1, kind: Node, metadata: {name: node-a}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(PAYMENTS)) {
      for (Path file : files) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.writeString(folder.resolve("node-b.yaml"), ON_NODE_B);
  }

  @Test
  void saysAboutPacketsWhatMatrixSaysAboutPolicies() throws Exception {
    Run lab = MerlonProcess.run("lab", "--manifests", folder.toString(), "--json");
    assertEquals(0, lab.code(), lab.all());
    Run matrix = MerlonProcess.run("matrix", "--manifests", folder.toString(), "--json");
    String cells = matrix.printed().substring(0, matrix.printed().lastIndexOf('}'));
    assertTrue(lab.printed().startsWith(cells), lab.all());
    assertTrue(lab.printed().contains("\"tried\":200,\"untried\":0,\"differences\":[]"), lab.all());
    assertEquals(List.of(), Leftovers.of(folder.toString()));
  }

  @Test
  void triesOnlyWhatAFileAsksFor() throws Exception {
    Path file = folder.resolve("questions.txt");
    Files.writeString(
        file,
        """
        # what matters
        web/frontend payments/payments-api 8080/tcp
        guests/intruder payments/database 5432/tcp
        """);
    Run run =
        MerlonProcess.run("lab", "--manifests", folder.toString(), "--probe", file.toString());
    assertEquals(0, run.code(), run.all());
    assertTrue(run.printed().contains("\n4 connections tried on 2 nodes"), run.all());
    Files.writeString(file, "web/frontend 8080\n");
    Run wrong =
        MerlonProcess.run("lab", "--manifests", folder.toString(), "--probe", file.toString());
    assertEquals(2, wrong.code(), wrong.all());
    assertTrue(wrong.errors().contains("questions.txt:1"), wrong.all());
  }

  @Test
  void followsEditsTellsDifferencesAndEndsWithCtrlC() throws Exception {
    try (KeptLab lab = KeptLab.start(folder)) {
      assertTrue(lab.nextRound().contains("\"differences\":[]"));
      edit("policies.yaml", "name: frontend}}}", "name: guests}}}");
      String edited = lab.nextRound();
      assertTrue(edited.contains("\"differences\":[]"), edited);
      assertTrue(edited.contains(denied("web/frontend", "payments/payments-api")), edited);
      // Something that policies know nothing of keeps answers from coming back.
      lab.inside("ip", "-n", "payments.payments-api", "route", "del", "default");
      lab.inside("ip", "-n", "payments.payments-api", "-6", "route", "del", "default");
      edit("policies.yaml", "name: guests}}}", "name: frontend}}}");
      String wrong = lab.nextRound();
      assertTrue(
          wrong.contains(
              "{\"from\":\"web/frontend\",\"to\":\"payments/payments-api\",\"family\":\"IPv4\","
                  + "\"port\":8080,\"protocol\":\"TCP\",\"policies\":\"allow\","
                  + "\"packets\":\"silent\"}"),
          wrong);
      Path place = lab.place();
      lab.signal("INT");
      assertEquals(130, lab.end());
      assertFalse(Files.exists(place), "left: " + place);
    }
    assertEquals(List.of(), Leftovers.of(folder.toString()));
  }

  @Test
  void killedItLeavesAnEmptyFolderThatTheNextRemoves() throws Exception {
    Path place;
    try (KeptLab lab = KeptLab.start(folder)) {
      lab.nextRound();
      place = lab.place();
      lab.signal("KILL");
      assertEquals(137, lab.end());
    }
    assertEquals(List.of(), Leftovers.of(folder.toString()));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(place)) {
      assertFalse(files.iterator().hasNext(), "something is left in " + place);
    }
    Path others = Files.createTempDirectory("merlon-lab-1-");
    // Those inside die one after the other; until the last has, the folder is in use.
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    do {
      Enclosure.sweep(Path.of(System.getProperty("java.io.tmpdir")));
    } while (Files.exists(place) && System.nanoTime() < end);
    assertFalse(Files.exists(place));
    assertTrue(Files.exists(others), "the folder of a process that lives");
    Files.delete(others);
  }

  private static String denied(String from, String to) {
    return "{\"from\":\"%s\",\"to\":\"%s\",\"family\":\"IPv4\",\"port\":8080,\"protocol\":\"TCP\",\"verdict\":\"deny\""
        .formatted(from, to);
  }

  private void edit(String file, String before, String after) throws IOException {
    Path next =
        Files.writeString(
            folder.resolve(".next"), Files.readString(folder.resolve(file)).replace(before, after));
    Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A lab that is kept. */
  private record KeptLab(Process process) implements AutoCloseable {
    static KeptLab start(Path folder) throws IOException {
      // Ctrl-C does nothing to who was started in the background, and that is inherited.
      List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
      command.addAll(
          MerlonProcess.command("lab", "--manifests", folder.toString(), "--keep", "--json"));
      return new KeptLab(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    String nextRound() throws IOException {
      StringBuilder round = new StringBuilder();
      var in = process.inputReader(StandardCharsets.UTF_8);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        round.append(line).append('\n');
        if (line.startsWith("],\"problems\":")) {
          return round.toString();
        }
      }
      throw new IllegalStateException("the lab ended: " + round);
    }

    /** The process that builds the lab: told by its arguments, since process ids start again. */
    private ProcessHandle first() {
      return process
          .descendants()
          .filter(p -> p.info().command().orElse("").endsWith("/java"))
          .filter(p -> arguments(p).contains("--inside"))
          .findFirst()
          .orElseThrow();
    }

    private static List<String> arguments(ProcessHandle of) {
      try {
        return List.of(Files.readString(Path.of("/proc/" + of.pid() + "/cmdline")).split("\0", -1));
      } catch (IOException e) {
        return List.of(); // it has ended
      }
    }

    /** Runs a command as the lab's processes see the machine. */
    void inside(String... words) {
      List<String> command =
          new ArrayList<>(List.of("nsenter", "--mount", "--target", "" + first().pid()));
      command.addAll(List.of(words));
      Shell.run(command, "");
    }

    /** The lab's own folder. */
    Path place() {
      List<String> words = arguments(first());
      return Path.of(words.get(words.indexOf("--inside") + 1));
    }

    void signal(String name) {
      Shell.run("kill -" + name + " " + process.pid());
    }

    int end() throws InterruptedException {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the lab goes on");
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
