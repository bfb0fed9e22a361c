package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kernel objects by name. */
@ExtendWith(LeakCheck.class)
class PinsTest {
  private static final MapSpec HASH = new MapSpec("pinned", MapType.HASH, 4, 8, 16);

  @Test
  void aPinnedMapIsOpenedAgain() {
    try (TestBpffs bpffs = new TestBpffs()) {
      Path path = bpffs.path("map");
      try (OwnedMap<Integer, Long> map = BpfMap.create(HASH, Codec.u32(), Codec.u64())) {
        map.put(1, 10L);
        map.pin(path);
      }
      try (OwnedMap<Integer, Long> map = BpfMap.openPinned(path, Codec.u32(), Codec.u64())) {
        assertEquals(Optional.of(10L), map.get(1));
        assertTrue(map.info().fits(HASH));
      }
      assertThrows(
          BpfException.class, () -> BpfMap.openPinned(path, Codec.u64(), Codec.u64()).close());
      BpfException failure =
          assertThrows(BpfException.class, () -> BpfProgram.openPinned(path).close());
      assertEquals(path + " is no pinned program", failure.getMessage());
      assertThrows(BpfException.class, () -> TcxLink.openPinned(path).close());
    }
  }

  @Test
  void aPinnedProgramIsOpenedAgain() {
    try (TestBpffs bpffs = new TestBpffs()) {
      Path path = bpffs.path("program");
      String tag;
      try (BpfObject object = TestObjects.spec("basic").load()) {
        object.program("verdict").pin(path);
        tag = object.program("verdict").tag();
      }
      try (OwnedProgram program = BpfProgram.openPinned(path)) {
        assertEquals(tag, program.tag());
        assertEquals(7, program.testRun(new byte[64], 1).retval());
        try (OwnedProgram same = BpfProgram.openId(program.id())) {
          assertEquals(program.id(), same.id());
        }
      }
    }
  }

  @Test
  void loadingTwiceSharesThePinnedMap() {
    try (TestBpffs bpffs = new TestBpffs()) {
      Path path = bpffs.path("hash");
      BpfObjectSpec spec = TestObjects.spec("basic").pinMap("hash", path);
      try (BpfObject first = spec.load();
          BpfObject second = spec.load()) {
        first.map("hash", Codec.u32(), Codec.u64()).put(3, 33L);
        assertEquals(Optional.of(33L), second.map("hash", Codec.u32(), Codec.u64()).get(3));
        assertEquals(first.mapInfo("hash").id(), second.mapInfo("hash").id());
      }
    }
  }

  @Test
  void aPinnedMapOfAnotherShapeStopsTheLoad() {
    try (TestBpffs bpffs = new TestBpffs()) {
      Path path = bpffs.path("hash");
      try (OwnedMap<Integer, Long> map = BpfMap.create(HASH, Codec.u32(), Codec.u64())) {
        map.pin(path);
      }
      BpfObjectSpec spec = TestObjects.spec("basic").mapEntries("hash", 99).pinMap("hash", path);
      BpfException failure = assertThrows(BpfException.class, () -> spec.load().close());
      assertTrue(failure.getMessage().contains("parameter mismatch"), failure.getMessage());
      assertTrue(Files.exists(path));
    }
  }

  @Test
  void aLoadThatFailsLeavesNoPinOfItsOwn() {
    try (TestBpffs bpffs = new TestBpffs()) {
      Path path = bpffs.path("hash");
      BpfObjectSpec spec = TestObjects.spec("rejected").pinMap("hash", path);
      assertThrows(VerifierException.class, () -> spec.load().close());
      assertFalse(Files.exists(path));
    }
  }

  @Test
  void elsewhereThanOnABpffsIsRefusedWithTheRemedy(@TempDir Path elsewhere) {
    Path path = elsewhere.resolve("map");
    try (OwnedMap<Integer, Long> map = BpfMap.create(HASH, Codec.u32(), Codec.u64())) {
      BpfException failure = assertThrows(BpfException.class, () -> map.pin(path));
      assertEquals(
          path + " is not on a BPF file system: mount -t bpf bpf /sys/fs/bpf",
          failure.getMessage());
      BpfObjectSpec spec = TestObjects.spec("basic").pinMap("hash", path);
      assertThrows(BpfException.class, () -> spec.load().close());
      assertFalse(Files.exists(path));
    }
  }

  @Test
  void anAbsentPinIsNamed() {
    try (TestBpffs bpffs = new TestBpffs()) {
      Path path = bpffs.path("absent");
      BpfException failure =
          assertThrows(
              BpfException.class, () -> BpfMap.openPinned(path, Codec.u32(), Codec.u64()).close());
      assertEquals(Errno.ENOENT, failure.errno());
      assertEquals("bpf_obj_get: ENOENT (no such entry): map " + path, failure.getMessage());
    }
  }

  @Test
  void whatIsNoPinIsNotRemoved(@TempDir Path elsewhere) throws Exception {
    Path file = Files.createFile(elsewhere.resolve("file"));
    assertThrows(BpfException.class, () -> Pins.unpin(file));
    assertTrue(Files.exists(file));
    assertFalse(Pins.unpin(elsewhere.resolve("absent")));
  }

  @Test
  void aNameWithADotIsRefusedWithTheReason() {
    try (TestBpffs bpffs = new TestBpffs();
        OwnedMap<Integer, Long> map = BpfMap.create(HASH, Codec.u32(), Codec.u64())) {
      Path path = bpffs.path("a.b");
      BpfException failure = assertThrows(BpfException.class, () -> map.pin(path));
      assertEquals(
          path + " has a dot, which no name on a BPF file system can have", failure.getMessage());
    }
  }

  @Test
  void aPinOfAnotherKindStopsTheLoad() {
    try (TestBpffs bpffs = new TestBpffs();
        BpfObject object = TestObjects.spec("basic").load()) {
      Path path = bpffs.path("program");
      object.program("verdict").pin(path);
      BpfObjectSpec spec = TestObjects.spec("basic").pinMap("hash", path);
      BpfException failure = assertThrows(BpfException.class, () -> spec.load().close());
      assertTrue(failure.getMessage().contains(path.toString()), failure.getMessage());
      assertTrue(Files.exists(path));
    }
  }
}
