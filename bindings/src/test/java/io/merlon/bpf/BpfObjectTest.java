package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From the file to a running program. */
@ExtendWith(LeakCheck.class)
class BpfObjectTest {
  private static final byte[] PACKET = new byte[64];

  @Test
  void listsMapsAndProgramsWithoutLoading() {
    BpfObjectSpec spec = TestObjects.spec("basic");

    MapSpec hash = spec.map("hash");
    assertEquals(new MapSpec("hash", MapType.HASH, 4, 8, 16), hash);
    assertEquals(MapSpec.MMAPABLE, spec.map("words").flags());
    MapSpec inner = spec.map("tables").inner();
    assertTrue(inner != null && inner.valueSize() == 4 && inner.maxEntries() == 8);
    assertEquals(
        List.of("verdict", "nested", "grow"),
        spec.programs().stream().map(ProgramSpec::name).toList());
    assertEquals("tc", spec.program("verdict").section());
  }

  @Test
  void runsAProgramOnAPacketInAContext() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      int lo = Interfaces.index("lo");
      SkbContext context = SkbContext.at(lo).withMark(41).withCb(List.of(1, 2, 3, 4, 5));

      TestRun run =
          object.program("verdict").testRun(new TestRunOptions(PACKET).withContext(context));

      assertEquals(7, run.retval());
      assertEquals(42, run.context().mark());
      assertEquals(List.of(1, 77, 3, 4, 5), run.context().cb());
      assertEquals(lo, run.context().ifindex());
      assertArrayEquals(PACKET, run.data());
      try (MappedArray words = MappedArray.of(object.map("words", Codec.u32(), Codec.u64()))) {
        assertEquals(lo, words.get(0));
      }
    }
  }

  @Test
  void editsTakeEffect() {
    BpfObjectSpec spec =
        TestObjects.spec("basic")
            .mapEntries("hash", 3)
            .mapFlags("hash", MapSpec.NO_PREALLOC)
            .autoload("nested", false)
            .constant("answer", Codec.u32(), 2)
            .constant("wide", Codec.u64(), 10L);
    try (BpfObject object = spec.load()) {
      assertEquals(3, object.mapInfo("hash").maxEntries());
      assertEquals(MapSpec.NO_PREALLOC, object.mapInfo("hash").flags());
      assertThrows(BpfException.class, () -> object.program("nested"));
      TestRun run = object.program("verdict").testRun(PACKET, 1);
      assertEquals(2, run.retval());
      assertEquals(10, run.context().mark());
    }
  }

  @Test
  void reportsTheCostOfLoading() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      BpfProgram program = object.program("verdict");

      ProgramInfo.Statistics statistics = program.statistics();

      assertTrue(statistics.verifiedInstructions() > 10);
      assertTrue(statistics.translatedBytes() > 80);
      assertEquals("verdict", program.name());
      assertEquals(16, program.tag().length());
      assertTrue(program.id() > 0);
      assertFalse(Inventory.programs("verdict").isEmpty());
    }
  }

  @Test
  void programsCanShareAMapOfSomebodyElse() {
    try (OwnedMap<Integer, Long> hash =
            BpfMap.create(new MapSpec("mine", MapType.HASH, 4, 8, 16), Codec.u32(), Codec.u64());
        BpfObject object = TestObjects.spec("basic").useMap("hash", hash).load()) {
      hash.put(1, 2L);
      assertEquals(hash.id(), object.mapInfo("hash").id());
      assertEquals(Optional.of(2L), object.map("hash", Codec.u32(), Codec.u64()).get(1));
    }
  }

  @Test
  void aSpecLoadsAnyNumberOfTimesAndLeavesNoDescriptor() throws IOException {
    BpfObjectSpec spec = TestObjects.spec("basic");
    Map<String, String> before = LeakCheck.open();
    for (int i = 0; i < 20; i++) {
      try (BpfObject object = spec.load()) {
        assertEquals(3, object.programs().size());
        assertTrue(LeakCheck.open().size() > before.size());
      }
    }
    assertEquals(before, LeakCheck.open());
  }

  @Test
  void programsLoadedInParallelShareTheMaps() throws IOException {
    BpfObjectSpec spec =
        TestObjects.spec("basic").mapEntries("hash", 3).constant("answer", Codec.u32(), 2);
    Map<String, String> before = LeakCheck.open();
    try (BpfObject object = spec.loadInParallel()) {
      assertEquals(3, object.programs().size());
      assertEquals(2, object.program("verdict").testRun(PACKET, 1).retval());
      assertEquals(3, object.mapInfo("hash").maxEntries());
      Set<Integer> maps =
          object.maps().stream().map(map -> object.mapInfo(map).id()).collect(Collectors.toSet());
      object.programs().forEach(program -> assertTrue(maps.containsAll(program.mapIds())));
    }
    assertEquals(before, LeakCheck.open());
  }

  @Test
  void aProgramThatIsLoadedAlreadyIsTakenAsItIs() throws IOException {
    Map<String, String> before = LeakCheck.open();
    try (BpfObject first = TestObjects.spec("basic").load()) {
      BpfObjectSpec spec = TestObjects.spec("basic");
      spec.useProgram("verdict", first.program("verdict"));
      assertEquals(TestObjects.spec("basic").digest(), spec.digest());
      assertThrows(BpfException.class, () -> spec.useProgram("nested", first.program("verdict")));
      try (BpfObject second = spec.loadInParallel()) {
        assertEquals(first.program("verdict").id(), second.program("verdict").id());
        assertNotEquals(first.program("nested").id(), second.program("nested").id());
      }
    }
    assertEquals(before, LeakCheck.open());
  }

  @Test
  void ofProgramsLoadedInParallelNoneStaysIfOneFails() throws IOException {
    Map<String, String> before = LeakCheck.open();
    assertThrows(
        VerifierException.class, () -> TestObjects.spec("rejected").loadInParallel().close());
    assertEquals(before, LeakCheck.open());
  }

  @Test
  void whatWasBorrowedEndsWithTheObject() {
    BpfObject object = TestObjects.spec("basic").load();
    BpfProgram program = object.program("verdict");
    BpfMap<Integer, Long> map = object.map("hash", Codec.u32(), Codec.u64());
    object.close();
    assertThrows(IllegalStateException.class, () -> program.testRun(PACKET, 1));
    assertThrows(IllegalStateException.class, () -> map.get(1));
  }
}
