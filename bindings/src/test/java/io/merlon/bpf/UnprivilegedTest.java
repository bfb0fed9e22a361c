package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without privileges: EPERM, with the remedy. */
class UnprivilegedTest {
  private static final String REMEDY =
      ": run as root, or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN\n";

  private static String unprivileged(String... arguments) {
    return Command.run(
        Command.jvm(UnprivilegedMain.class, List.of("setpriv", "--bounding-set=-all"), arguments));
  }

  @Test
  void loadingIsRefused(@TempDir Path folder) throws Exception {
    Path object = Files.write(folder.resolve("basic.o"), TestObjects.elf("basic"));
    assertEquals(
        "EPERM|bpf_object__load: EPERM (operation not permitted): object basic" + REMEDY,
        unprivileged("load", object.toString()));
  }

  @Test
  void creatingIsRefused() {
    assertEquals(
        "EPERM|bpf_map_create: EPERM (operation not permitted): map map" + REMEDY,
        unprivileged("create"));
  }

  @Test
  void listingIsRefused() {
    assertEquals(
        "EPERM|bpf_obj_get_next_id: EPERM (operation not permitted): list of PROGRAMS"
            + ": run as root, or with CAP_SYS_ADMIN\n",
        unprivileged("list"));
  }

  @Test
  void changingInterfacesIsRefused() {
    assertEquals(
        "EPERM|bpf_tc_hook_create: EPERM (operation not permitted): clsact of interface 1" + REMEDY,
        unprivileged("qdisc"));
  }
}
