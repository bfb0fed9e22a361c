package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Single calls on maps, and how each fails. */
@ExtendWith(LeakCheck.class)
class BpfMapTest {
  private static final MapSpec HASH = new MapSpec("test_hash", MapType.HASH, 4, 8, 4);

  private static OwnedMap<Integer, Long> hash() {
    return BpfMap.create(HASH, Codec.u32(), Codec.u64());
  }

  private static void assertErrno(Errno errno, Runnable call) {
    BpfException failure = assertThrows(BpfException.class, call::run);
    assertEquals(errno, failure.errno(), failure.getMessage());
  }

  @Test
  void putsGetsAndDeletes() {
    try (OwnedMap<Integer, Long> map = hash()) {
      map.put(1, 100L);
      map.put(-2, -200L);
      map.put(1, 101L);

      assertEquals(Optional.of(101L), map.get(1));
      assertEquals(Map.of(1, 101L, -2, -200L), map.entries());
      assertTrue(map.delete(1));
      assertFalse(map.delete(1));
      assertEquals(Optional.empty(), map.get(1));
    }
  }

  @Test
  void lookupAndDeleteTakesTheEntryOut() {
    try (OwnedMap<Integer, Long> map = hash()) {
      map.put(3, 30L);

      assertEquals(Optional.of(30L), map.lookupAndDelete(3));
      assertEquals(Optional.empty(), map.lookupAndDelete(3));
    }
  }

  @Test
  void putModesAreKept() {
    try (OwnedMap<Integer, Long> map = hash()) {
      assertErrno(Errno.ENOENT, () -> map.put(1, 1L, PutMode.EXIST));
      map.put(1, 1L, PutMode.NO_EXIST);
      assertErrno(Errno.EEXIST, () -> map.put(1, 2L, PutMode.NO_EXIST));
      map.put(1, 3L, PutMode.EXIST);
      assertEquals(Optional.of(3L), map.get(1));
    }
  }

  @Test
  void aFullMapSaysWhichItIs() {
    try (OwnedMap<Integer, Long> map = hash()) {
      for (int i = 0; i < 4; i++) {
        map.put(i, 0L);
      }
      BpfException failure = assertThrows(BpfException.class, () -> map.put(4, 0L));
      assertEquals(Errno.E2BIG, failure.errno());
      assertEquals("bpf_map_update_elem", failure.call());
      assertEquals("map test_hash", failure.subject());
      assertEquals(
          "bpf_map_update_elem: E2BIG (too big, or the map is full): map test_hash",
          failure.getMessage());
    }
  }

  @Test
  void anIndexBeyondAnArrayIsAnError() {
    MapSpec array = new MapSpec("test_array", MapType.ARRAY, 4, 4, 2);
    try (OwnedMap<Integer, Integer> map = BpfMap.create(array, Codec.u32(), Codec.u32())) {
      assertEquals(Optional.of(0), map.get(1));
      assertEquals(Optional.empty(), map.get(2));
      assertErrno(Errno.E2BIG, () -> map.put(2, 1));
      assertErrno(Errno.EINVAL, () -> map.delete(0));
    }
  }

  @Test
  void aFrozenMapRefusesWrites() {
    try (OwnedMap<Integer, Long> map = hash()) {
      map.put(1, 1L);
      map.freeze();
      BpfException failure = assertThrows(BpfException.class, () -> map.put(1, 2L));
      assertEquals(Errno.EPERM, failure.errno());
      assertFalse(failure.getMessage().contains("root"), failure.getMessage());
      assertEquals(Optional.of(1L), map.get(1));
    }
  }

  @Test
  void visitsEveryEntryAndMayDeleteTheOneAtHand() {
    MapSpec spec = HASH.withMaxEntries(1000);
    try (OwnedMap<Integer, Long> map = BpfMap.create(spec, Codec.u32(), Codec.u64())) {
      Map<Integer, Long> expected = new HashMap<>();
      for (int i = 0; i < 1000; i++) {
        map.put(i, i * 3L);
        expected.put(i, i * 3L);
      }
      Map<Integer, Long> seen = new HashMap<>();
      map.forEach(seen::put);
      assertEquals(expected, seen);

      MapSpec array = new MapSpec("test_array", MapType.ARRAY, 4, 4, 5);
      try (OwnedMap<Integer, Integer> slots = BpfMap.create(array, Codec.u32(), Codec.u32())) {
        slots.forEach((key, value) -> slots.put(key, key + 1));
        assertEquals(Map.of(0, 1, 1, 2, 2, 3, 3, 4, 4, 5), slots.entries());
      }
    }
  }

  @Test
  void givesUpAVisitThatNeverEnds() {
    try (OwnedMap<Integer, Long> map = hash()) {
      map.put(0, 0L);
      // Each visit replaces the key at hand, so that the walk starts over for ever.
      BpfException failure =
          assertThrows(
              BpfException.class,
              () ->
                  map.forEach((key, value) -> {
                    map.delete(key);
                    map.put(key + 1, value);
                  }));
      assertEquals("map test_hash changes faster than it can be visited", failure.getMessage());
    }
  }

  @Test
  void codecsOfOtherSizesAreRefused() {
    BpfException failure =
        assertThrows(
            BpfException.class, () -> BpfMap.create(HASH, Codec.u32(), Codec.u32()).close());
    assertEquals(
        "map test_hash has keys of 4 and values of 8 bytes, the codecs 4 and 4",
        failure.getMessage());
  }

  @Test
  void aCodecThatLeavesBytesIsRefused() {
    Codec<Integer> forgetful =
        new Codec<>() {
          @Override
          public int size() {
            return 8;
          }

          @Override
          public void encode(Integer value, ByteBuffer out) {
            out.putInt(value);
          }

          @Override
          public Integer decode(ByteBuffer in) {
            return in.getInt();
          }
        };
    try (OwnedMap<Integer, Integer> map = BpfMap.create(HASH, Codec.u32(), forgetful)) {
      assertThrows(IllegalStateException.class, () -> map.put(1, 1));
      assertTrue(map.entries().isEmpty());
    }
  }

  @Test
  void aCodecMayUseTheMap() {
    try (OwnedMap<Integer, Long> map = hash()) {
      Codec<Long> recursive =
          new Codec<>() {
            @Override
            public int size() {
              return 8;
            }

            @Override
            public void encode(Long value, ByteBuffer out) {
              map.put(9, 90L);
              out.putLong(value);
            }

            @Override
            public Long decode(ByteBuffer in) {
              return in.getLong();
            }
          };
      try (OwnedMap<Integer, Long> other = BpfMap.openId(map.id(), Codec.u32(), recursive)) {
        other.put(1, 10L);
      }
      assertEquals(Map.of(1, 10L, 9, 90L), map.entries());
    }
  }

  @Test
  void saysWhatTheKernelHas() {
    MapSpec spec = new MapSpec("a_name_longer_than_15", MapType.LRU_HASH, 4, 8, 64);
    try (OwnedMap<Integer, Long> map = BpfMap.create(spec, Codec.u32(), Codec.u64())) {
      assertEquals("a_name_longer_t", map.name());
      assertEquals(MapType.LRU_HASH, map.info().type());
      assertTrue(map.info().fits(spec));
      assertFalse(map.info().fits(spec.withMaxEntries(65)));
      assertTrue(map.memlock() >= 64 * 12, "memlock " + map.memlock());
      assertEquals(
          1, Inventory.maps("a_name_longer_t").stream().filter(map.info()::equals).count());
    }
  }

  @Test
  void opensByIdAndFailsWhenGone() {
    int id;
    try (OwnedMap<Integer, Long> map = hash()) {
      id = map.id();
      try (OwnedMap<Integer, Long> again = BpfMap.openId(id, Codec.u32(), Codec.u64())) {
        map.put(5, 55L);
        assertEquals(Optional.of(55L), again.get(5));
      }
    }
    // The kernel frees a map a grace period after its last descriptor, but its id is gone at once.
    assertErrno(Errno.ENOENT, () -> BpfMap.openId(id, Codec.u32(), Codec.u64()).close());
  }

  @Test
  void aClosedMapIsNoMapAnyMore() {
    OwnedMap<Integer, Long> map = hash();
    map.close();
    map.close();
    IllegalStateException failure = assertThrows(IllegalStateException.class, () -> map.put(1, 1L));
    assertEquals("map test_hash is closed", failure.getMessage());
  }

  @Test
  void impossibleSpecsAreRefused() {
    assertErrno(
        Errno.EINVAL,
        () -> BpfMap.create(HASH.withMaxEntries(0), Codec.u32(), Codec.u64()).close());
    assertErrno(
        Errno.E2BIG,
        () ->
            BpfMap.create(
                    new MapSpec("huge", MapType.HASH, 4, 1 << 24, 1),
                    Codec.u32(),
                    Codec.bytes(1 << 24))
                .close());
  }

  @Test
  void aNumberThatDoesNotFitIsNotCut() {
    MapSpec ports = new MapSpec("ports", MapType.HASH, 2, 1, 4);
    try (OwnedMap<Integer, Integer> map = BpfMap.create(ports, Codec.u16(), Codec.u8())) {
      assertThrows(IllegalArgumentException.class, () -> map.put(65536, 1));
      assertThrows(IllegalArgumentException.class, () -> map.put(-1, 1));
      assertThrows(IllegalArgumentException.class, () -> map.put(1, 256));
      map.put(65535, 255);
      assertEquals(Map.of(65535, 255), map.entries());
    }
  }

  @Test
  void aQueueHasNoKeys() {
    MapSpec spec = new MapSpec("queue", MapType.QUEUE, 0, 8, 2);
    byte[] none = {};
    try (OwnedMap<byte[], Long> queue = BpfMap.create(spec, Codec.bytes(0), Codec.u64())) {
      queue.put(none, 5L);
      queue.put(none, 6L);
      assertErrno(Errno.E2BIG, () -> queue.put(none, 7L));
      assertEquals(Optional.of(5L), queue.lookupAndDelete(none));
      assertEquals(Optional.of(6L), queue.lookupAndDelete(none));
      assertEquals(Optional.empty(), queue.lookupAndDelete(none));
    }
  }

  @Test
  void aTypeThatCannotTakeOutSaysSo() {
    MapSpec spec = new MapSpec("array", MapType.ARRAY, 4, 8, 2);
    try (OwnedMap<Integer, Long> map = BpfMap.create(spec, Codec.u32(), Codec.u64())) {
      assertErrno(Errno.ENOTSUPP, () -> map.lookupAndDelete(0));
    }
  }
}
