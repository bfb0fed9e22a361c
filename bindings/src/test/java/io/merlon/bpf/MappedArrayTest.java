package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An array's memory, shared with the kernel. */
@ExtendWith(LeakCheck.class)
class MappedArrayTest {
  private static final MapSpec SPEC =
      new MapSpec("words", MapType.ARRAY, 4, 8, 1000).withFlags(MapSpec.MMAPABLE);

  @Test
  void theKernelSeesWhatIsWrittenAndTheReverse() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(SPEC, Codec.u32(), Codec.u64());
        MappedArray words = MappedArray.of(map)) {
      words.set(999, 5);
      words.copyIn(10, new long[] {1, 2, 3});
      words.fill(20, 3, 9);
      map.put(0, -1L);

      assertEquals(Optional.of(5L), map.get(999));
      assertEquals(Optional.of(2L), map.get(11));
      assertEquals(Optional.of(9L), map.get(22));
      assertEquals(Optional.of(0L), map.get(23));
      assertEquals(-1, words.get(0));
      long[] out = new long[4];
      words.copyOut(9, out);
      assertArrayEquals(new long[] {0, 1, 2, 3}, out);
    }
  }

  @Test
  void whatIsLongGoesOverTheWindowsEdges() {
    int length = 100_000;
    MapSpec spec = SPEC.withMaxEntries(length);
    long[] in = LongStream.range(0, length).toArray();
    try (OwnedMap<Integer, Long> map = BpfMap.create(spec, Codec.u32(), Codec.u64());
        MappedArray words = MappedArray.of(map)) {
      words.copyIn(0, in);
      for (int index : new int[] {0, 32767, 32768, 65535, 65536, length - 1}) {
        assertEquals(Optional.of((long) index), map.get(index));
        assertEquals(index, words.get(index));
      }
      long[] out = new long[length];
      words.copyOut(0, out);
      assertArrayEquals(in, out);
      words.fill(32_000, 40_000, 7);
      assertEquals(Optional.of(31_999L), map.get(31_999));
      assertEquals(Optional.of(7L), map.get(71_999));
      assertEquals(Optional.of(72_000L), map.get(72_000));
    }
  }

  @Test
  void outsideIsOutside() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(SPEC, Codec.u32(), Codec.u64());
        MappedArray words = MappedArray.of(map)) {
      assertEquals(1000, words.length());
      assertThrows(IndexOutOfBoundsException.class, () -> words.get(1000));
      assertThrows(IndexOutOfBoundsException.class, () -> words.set(-1, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> words.copyIn(998, new long[3]));
      assertThrows(IndexOutOfBoundsException.class, () -> words.copyOut(1000, new long[1]));
      assertThrows(IndexOutOfBoundsException.class, () -> words.fill(0, 1001, 0));
      words.copyIn(1000, new long[0]);
    }
  }

  @Test
  void theMappingOutlivesTheMapAndEndsWhenClosed() {
    MappedArray words;
    try (OwnedMap<Integer, Long> map = BpfMap.create(SPEC, Codec.u32(), Codec.u64())) {
      words = MappedArray.of(map);
    }
    words.set(1, 1);
    assertEquals(1, words.get(1));
    words.close();
    words.close();
    assertThrows(IllegalStateException.class, () -> words.get(1));
  }

  @Test
  void otherMapsAreRefused() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(SPEC.withFlags(0), Codec.u32(), Codec.u64())) {
      BpfException failure = assertThrows(BpfException.class, () -> MappedArray.of(map).close());
      assertEquals("map words is no mappable array of 8-byte values", failure.getMessage());
    }
  }
}
