package io.merlon.agent.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it: in a process of its own, on the real kernel. */
class DemoTest {
  private static final Path PAYMENTS = Path.of("../docs/examples/payments");

  @TempDir Path temporary;

  @Test
  void tellsTheStoryOfThePaymentsExampleAndLeavesNothing() throws Exception {
    Path picture = temporary.resolve("demo.html");
    Run run =
        MerlonProcess.run("demo", "--manifests", PAYMENTS.toString(), "--html", picture.toString());
    assertEquals(0, run.code(), run.all());
    for (String stage : List.of("1. Open", "2. Observe", "3. Audit", "4. Enforced", "5. A", "6.")) {
      assertTrue(run.printed().contains("\n" + stage), run.all());
    }
    assertTrue(run.printed().contains("96 connections tried, 96 passed"), run.all());
    assertTrue(run.printed().contains("96 connections tried, 40 passed"), run.all());
    assertTrue(run.printed().matches("(?s).*cut: the last answer came \\d+ ms after.*"), run.all());
    assertTrue(run.printed().contains("denied     "), run.all());
    assertTrue(run.printed().contains("guests/intruder"), run.all());
    assertTrue(run.printed().contains("Every packet did what the policies say."), run.all());
    assertTrue(Files.readString(picture).contains("payments/database"));
    assertEquals(List.of(), Leftovers.of(picture.toString()));
  }

  @Test
  void saysInOneLineWhatItLacksWithoutPrivileges() throws Exception {
    List<String> nobody = List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");
    Run run = MerlonProcess.run(nobody, "demo", "--manifests", "/usr/share");
    assertEquals(1, run.code(), run.all());
    assertEquals(1, run.all().lines().count(), run.all());
    assertTrue(run.all().contains("root"), run.all());
  }

  @Test
  void saysInOneLineThatLibbpfIsMissing() throws Exception {
    Run run =
        MerlonProcess.run(
            onAMachineWhere(
                "for so in $(ldconfig -p | awk '/libbpf[.]so/ {print $NF}');"
                    + " do mount --bind /dev/null $(readlink -f $so); done"),
            "demo",
            "--manifests",
            PAYMENTS.toString());
    assertEquals(1, run.code(), run.all());
    assertEquals(1, run.all().lines().count(), run.all());
    assertTrue(run.all().contains("install libbpf 1.1 or newer"), run.all());
  }

  @Test
  void needsNeitherTheKernelsTypeInformationNorABpfFileSystem() throws Exception {
    Run run =
        MerlonProcess.run(
            onAMachineWhere(
                "for d in /sys/kernel/btf /sys/fs/bpf; do"
                    + " test ! -d $d || mount -t tmpfs none $d; done"),
            "demo",
            "--manifests",
            PAYMENTS.toString(),
            "--html",
            temporary.resolve("demo.html").toString());
    assertEquals(0, run.code(), run.all());
  }

  @Test
  void anUnknownCommandIsAUsageError() throws Exception {
    assertEquals(2, MerlonProcess.run(List.of(), "frobnicate").code());
  }

  /** Runs what follows with mounts of its own, which a script has changed first. */
  private static List<String> onAMachineWhere(String script) {
    return List.of("unshare", "--mount", "sh", "-ec", script + "; exec \"$@\"", "sh");
  }
}
