package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other libraries than the one installed: none, and copies that lack functions. */
class LibraryTest {
  @TempDir Path folder;

  private String withLibrary(byte[] library, String task) throws IOException {
    Files.write(folder.resolve("libbpf.so.1"), library);
    ProcessBuilder child = Command.jvm(LibraryMain.class, List.of(), task);
    child.environment().put("LD_LIBRARY_PATH", folder.toString());
    return Command.run(child);
  }

  /** The installed library, with a function's name in its symbol table spoilt. */
  private static byte[] without(String function) throws IOException {
    Path installed;
    try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
      assertTrue(LibbpfVersion.loaded().major() >= 1);
      installed =
          maps.filter(line -> line.contains("libbpf.so"))
              .map(line -> Path.of(line.substring(line.indexOf('/'))))
              .findFirst()
              .orElseThrow();
    }
    byte[] library = Files.readAllBytes(installed);
    byte[] name = ("\0" + function + "\0").getBytes(StandardCharsets.US_ASCII);
    int found = 0;
    for (int at = 0; at + name.length <= library.length; at++) {
      if (Arrays.equals(library, at, at + name.length, name, 0, name.length)) {
        library[at + 1] = '_';
        found++;
      }
    }
    assertTrue(found > 0, function);
    return library;
  }

  @Test
  void withoutALibraryTheRemedyIsNamed() throws IOException {
    assertEquals(
        "libbpf.so.1 was not found: install libbpf 1.1 or newer (Debian and Ubuntu: libbpf1)\n",
        withLibrary(new byte[0], "create"));
  }

  @Test
  void aLibraryWithoutACoreFunctionIsTooOld() throws IOException {
    assertEquals(
        "libbpf.so.1 has no bpf_map_lookup_and_delete_elem: install libbpf 1.1 or newer\n",
        withLibrary(without("bpf_map_lookup_and_delete_elem"), "create"));
  }

  @Test
  void withoutTheBatchFunctionsEntriesGoOneByOne() throws IOException {
    assertEquals(
        "UNSUPPORTED {1=10, 2=20} 1\n", withLibrary(without("bpf_map_delete_batch"), "batch"));
  }

  @Test
  void withoutTheFilterFunctionsOnlyFiltersAreUnsupported() throws IOException {
    assertEquals(
        "UNSUPPORTED libbpf.so.1 has no call for clsact filters (kernel 4.5): "
            + "install a newer libbpf\n",
        withLibrary(without("bpf_tc_attach"), "filter"));
  }
}
