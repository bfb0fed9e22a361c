package io.merlon.agent.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo as a user runs it: in a process of its own, on the real kernel. */
class DemoTest {
  private static final Path PAYMENTS = Path.of("../docs/examples/payments");

  private record Run(int code, String printed, long pid) {}

  @Test
  void enforcesThePaymentsExampleAndLeavesNothing() throws Exception {
    Run run = merlon(List.of(), "demo", "--manifests", PAYMENTS.toString());
    assertEquals(0, run.code(), run.printed());
    assertTrue(run.printed().contains("Every packet went as the policies say."), run.printed());
    assertTrue(
        run.printed().contains("NetworkPolicy payments/database-for-payments-role ingress[0]"),
        run.printed());
    assertTrue(
        run.printed()
            .matches("(?s).*guests/intruder +-> payments/database +IPv6 +5432/tcp +TIMED_OUT.*"),
        run.printed());
    assertFalse(Shell.run("ip netns list").contains("merlon-" + run.pid()), "a namespace is left");
  }

  @Test
  void saysInOneLineWhatItLacksWithoutPrivileges() throws Exception {
    List<String> nobody = List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");
    Run run = merlon(nobody, "demo", "--manifests", "/usr/share");
    assertEquals(1, run.code(), run.printed());
    assertEquals(1, run.printed().lines().count(), run.printed());
    assertTrue(run.printed().contains("root"), run.printed());
  }

  @Test
  void saysInOneLineThatLibbpfIsMissing() throws Exception {
    Run run =
        merlon(
            onAMachineWhere(
                "for so in $(ldconfig -p | awk '/libbpf[.]so/ {print $NF}');"
                    + " do mount --bind /dev/null $(readlink -f $so); done"),
            "demo",
            "--manifests",
            PAYMENTS.toString());
    assertEquals(1, run.code(), run.printed());
    assertEquals(1, run.printed().lines().count(), run.printed());
    assertTrue(run.printed().contains("install libbpf 1.1 or newer"), run.printed());
  }

  @Test
  void needsNeitherTheKernelsTypeInformationNorABpfFileSystem() throws Exception {
    Run run =
        merlon(
            onAMachineWhere(
                "for d in /sys/kernel/btf /sys/fs/bpf; do"
                    + " test ! -d $d || mount -t tmpfs none $d; done"),
            "demo",
            "--manifests",
            PAYMENTS.toString());
    assertEquals(0, run.code(), run.printed());
  }

  @Test
  void anUnknownCommandIsAUsageError() throws Exception {
    assertEquals(2, merlon(List.of(), "frobnicate").code());
  }

  /** Runs what follows with mounts of its own, which a script has changed first. */
  private static List<String> onAMachineWhere(String script) {
    return List.of("unshare", "--mount", "sh", "-ec", script + "; exec \"$@\"", "sh");
  }

  private static Run merlon(List<String> prefix, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.merlon.agent.AgentMain");
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), printed, process.pid());
  }
}
