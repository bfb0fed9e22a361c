package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Objects that cannot be: each a clear refusal, none a crash, and nothing stays. */
@ExtendWith(LeakCheck.class)
class BadObjectTest {
  @Test
  void theVerifiersVerdictIsReadable() {
    VerifierException failure =
        assertThrows(VerifierException.class, () -> TestObjects.spec("rejected").load().close());

    assertEquals("unchecked", failure.program());
    assertEquals("R0 invalid mem access 'map_value_or_null'", failure.reason());
    assertEquals(Errno.EACCES, failure.errno());
    assertEquals(
        "bpf_object__load: EACCES (permission denied): program unchecked: "
            + "R0 invalid mem access 'map_value_or_null'",
        failure.getMessage());
    assertTrue(failure.log().contains("call bpf_map_lookup_elem"), failure.log());
    assertTrue(failure.log().contains("processed "), failure.log());
  }

  @Test
  void aFileThatIsNoElfIsRefused() {
    byte[] text =
        "#!/bin/sh\necho this is not an object file at all\n".getBytes(StandardCharsets.UTF_8);
    BpfException failure =
        assertThrows(BpfException.class, () -> BpfObjectSpec.parse("script", text));
    assertEquals("bpf_object__open_mem", failure.call());
    assertEquals("object script", failure.subject());
    assertThrows(BpfException.class, () -> BpfObjectSpec.parse("empty", new byte[0]));
  }

  @Test
  void anElfOfAnotherMachineIsRefused() throws Exception {
    byte[] java = Files.readAllBytes(Path.of(System.getProperty("java.home"), "bin", "java"));
    BpfException failure =
        assertThrows(BpfException.class, () -> BpfObjectSpec.parse("java", java));
    assertTrue(failure.getMessage().contains("java"), failure.getMessage());
  }

  @Test
  void aTruncatedFileIsRefusedWhereverItEnds() {
    byte[] elf = TestObjects.elf("basic");
    for (int length = 0; length < elf.length; length += 1 + elf.length / 97) {
      byte[] part = Arrays.copyOf(elf, length);
      BpfException failure =
          assertThrows(BpfException.class, () -> BpfObjectSpec.parse("part", part).load().close());
      assertFalse(failure.getMessage().isBlank());
    }
  }

  @Test
  void unknownNamesAndWrongEditsAreRefused() {
    BpfObjectSpec spec = TestObjects.spec("basic");
    assertEquals(
        "object basic has no map flows",
        assertThrows(BpfException.class, () -> spec.mapEntries("flows", 1)).getMessage());
    assertThrows(BpfException.class, () -> spec.autoload("absent", false));
    MapSpec otherValue = new MapSpec("hash", MapType.HASH, 4, 4, 16);
    assertThrows(BpfException.class, () -> spec.map(otherValue));

    spec.constant("absent", Codec.u32(), 1);
    assertEquals(
        "object basic has no constant absent",
        assertThrows(BpfException.class, () -> spec.load().close()).getMessage());
    BpfObjectSpec wrong = TestObjects.spec("basic").constant("answer", Codec.u64(), 1L);
    assertEquals(
        "constant answer of object basic has 4 bytes, not 8",
        assertThrows(BpfException.class, () -> wrong.load().close()).getMessage());
  }

  @Test
  void impossibleEditsAreRefusedByTheKernel() {
    BpfObjectSpec spec = TestObjects.spec("basic").mapFlags("hash", 1 << 30);
    BpfException failure = assertThrows(BpfException.class, () -> spec.load().close());
    assertEquals(Errno.EINVAL, failure.errno());
    assertTrue(failure.getMessage().contains("hash"), failure.getMessage());
  }

  @Test
  void aMapOfAnotherShapeCannotBeReused() {
    try (OwnedMap<Integer, Integer> other =
        BpfMap.create(new MapSpec("other", MapType.HASH, 4, 4, 1), Codec.u32(), Codec.u32())) {
      BpfObjectSpec spec = TestObjects.spec("basic");
      BpfException failure = assertThrows(BpfException.class, () -> spec.useMap("hash", other));
      assertEquals("map other cannot be map hash of object basic", failure.getMessage());
    }
  }

  @Test
  void aPacketTooShortForEthernetIsRefused() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      BpfProgram program = object.program("verdict");
      BpfException failure =
          assertThrows(BpfException.class, () -> program.testRun(new byte[13], 1));
      assertEquals(Errno.EINVAL, failure.errno());
      assertEquals("program verdict", failure.subject());
    }
  }

  @Test
  void resultsThatDoNotFitAreAnError() {
    try (BpfObject object = TestObjects.spec("basic").load();
        TestRunner runner = object.program("grow").testRunner(64)) {
      BpfException failure = assertThrows(BpfException.class, () -> runner.run(64));
      assertEquals(Errno.ENOSPC, failure.errno());
      assertEquals(68, object.program("grow").testRun(new byte[64], 1).data().length);
    }
  }

  @Test
  void anAbsentDeviceInTheContextIsAnError() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      TestRunOptions options =
          new TestRunOptions(new byte[64]).withContext(SkbContext.at(Integer.MAX_VALUE));
      BpfException failure =
          assertThrows(BpfException.class, () -> object.program("verdict").testRun(options));
      assertEquals(Errno.ENODEV, failure.errno());
    }
  }

  @Test
  void anEndlessLoopIsNamedAndNotItsRegisters() {
    VerifierException failure =
        assertThrows(VerifierException.class, () -> TestObjects.spec("endless").load().close());
    assertTrue(failure.reason().startsWith("infinite loop detected"), failure.reason());
  }

  @Test
  void aMapOfNoEntriesIsNamed() {
    BpfObjectSpec spec = TestObjects.spec("basic").mapEntries("hash", 0);
    BpfException failure = assertThrows(BpfException.class, () -> spec.load().close());
    assertEquals(
        "bpf_object__load: EINVAL (invalid argument): object basic: "
            + "map 'hash': failed to create: Invalid argument(-22)",
        failure.getMessage());
  }

  /** The symbol of a variable, moved somewhere else. */
  private static byte[] moved(String variable, long to) {
    byte[] elf = TestObjects.elf("basic");
    ElfSymbols.Symbol symbol = new ElfSymbols(elf).find(variable).orElseThrow();
    ByteBuffer bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    byte[] entry =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(symbol.offset())
            .putLong(symbol.size())
            .array();
    int found = 0;
    for (int at = 8; at + entry.length <= elf.length; at += 8) {
      boolean global = elf[at - 4] == 0x11;
      if (global && Arrays.equals(elf, at, at + entry.length, entry, 0, entry.length)) {
        bytes.putLong(at, to);
        found++;
      }
    }
    assertEquals(1, found);
    return elf;
  }

  @Test
  void aConstantOutsideOfItsSectionIsRefused() {
    for (long to : new long[] {13, 16, 0x3000_0000L, Long.MAX_VALUE, -8}) {
      byte[] elf = moved("answer", to);
      BpfObjectSpec spec = BpfObjectSpec.parse("damaged", elf).autoload("verdict", false);
      spec.constant("answer", Codec.u32(), 1);
      BpfException failure = assertThrows(BpfException.class, () -> spec.load().close());
      assertEquals(
          "answer in section .rodata of object damaged lies outside of it", failure.getMessage());
    }
  }

  @Test
  void constantsDoNotReachAMapOfSomebodyElse() {
    BpfObjectSpec spec = TestObjects.spec("basic");
    MapSpec constants = spec.map("basic.rodata");
    try (OwnedMap<Integer, byte[]> other =
        BpfMap.create(constants, Codec.u32(), Codec.bytes(constants.valueSize()))) {
      spec.useMap("basic.rodata", other).constant("answer", Codec.u32(), 1);
      BpfException failure = assertThrows(BpfException.class, () -> spec.load().close());
      assertEquals(
          "the constants of object basic lie in a map that it did not create",
          failure.getMessage());
    }
  }
}
