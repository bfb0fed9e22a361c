package io.merlon.agent.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo as a user runs it: in a process of its own, on the real kernel. */
class DemoTest {
  private static final Path PAYMENTS = Path.of("../docs/examples/payments");

  @Test
  void enforcesThePaymentsExampleAndLeavesNothing() throws Exception {
    Run run = MerlonProcess.run(List.of(), "demo", "--manifests", PAYMENTS.toString());
    assertEquals(0, run.code(), run.all());
    assertTrue(run.printed().contains("Every packet went as the policies say."), run.all());
    assertTrue(
        run.printed().contains("NetworkPolicy payments/database-for-payments-role ingress[0]"),
        run.all());
    assertTrue(
        run.printed()
            .matches("(?s).*guests/intruder +-> payments/database +IPv6 +5432/tcp +TIMED_OUT.*"),
        run.all());
    assertFalse(Shell.run("ip netns list").contains("merlon-" + run.pid()), "a namespace is left");
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
            PAYMENTS.toString());
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
