package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many entries per call. */
@ExtendWith(LeakCheck.class)
class MapBatchTest {
  private static final int MANY = 100_000;

  private static MapSpec hash(int entries) {
    return new MapSpec("batch_hash", MapType.HASH, 4, 8, entries);
  }

  private static Map<Integer, Long> numbers(int count) {
    Map<Integer, Long> numbers = HashMap.newHashMap(count);
    for (int i = 0; i < count; i++) {
      numbers.put(i, (long) i * i);
    }
    return numbers;
  }

  @Test
  void loadsReadsAndDeletesMany() {
    Map<Integer, Long> numbers = numbers(MANY);
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(MANY), Codec.u32(), Codec.u64())) {
      map.batch().putAll(numbers);
      assertEquals(numbers, map.entries());

      int deleted = map.batch().deleteAll(IntStream.range(0, MANY - 1).boxed().toList());
      assertEquals(MANY - 1, deleted);
      assertEquals(Map.of(MANY - 1, (long) (MANY - 1) * (MANY - 1)), map.entries());
    }
  }

  @Test
  void entriesAreReadWhereTheyLie() {
    Map<Integer, Long> numbers = numbers(MANY);
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(MANY), Codec.u32(), Codec.u64())) {
      map.batch().putAll(numbers);
      Map<Integer, Long> read = new HashMap<>();
      map.batch().forEachBytes((key, value) -> read.put(key.getInt(), value.getLong()));
      assertEquals(numbers, read);
    }
  }

  @Test
  void deletionStepsOverAbsentKeys() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(100), Codec.u32(), Codec.u64())) {
      map.batch().putAll(numbers(50));
      int deleted = map.batch().deleteAll(IntStream.range(-10, 200).boxed().toList());
      assertEquals(50, deleted);
      assertTrue(map.entries().isEmpty());
    }
  }

  @Test
  void drainsAMap() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(1000), Codec.u32(), Codec.u64())) {
      Map<Integer, Long> numbers = numbers(1000);
      map.batch().putAll(numbers);
      Map<Integer, Long> drained = new HashMap<>();
      map.batch().drain(drained::put);
      assertEquals(numbers, drained);
      assertTrue(map.entries().isEmpty());
    }
  }

  @Test
  void aMapThatFillsUpSaysHowFarItCame() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(16), Codec.u32(), Codec.u64())) {
      BpfException failure =
          assertThrows(BpfException.class, () -> map.batch().putAll(numbers(20)));
      assertEquals(Errno.E2BIG, failure.errno());
      assertEquals("map batch_hash, after 16 entries", failure.subject());
      assertEquals(16, map.entries().size());
    }
  }

  @Test
  void prefixesGoInBatchesToo() {
    MapSpec spec =
        new MapSpec("batch_lpm", MapType.LPM_TRIE, 8, 4, 2000).withFlags(MapSpec.NO_PREALLOC);
    // The first word is the prefix length, the second the address.
    try (OwnedMap<Long, Integer> map = BpfMap.create(spec, Codec.u64(), Codec.u32())) {
      Map<Long, Integer> prefixes = new HashMap<>();
      for (int i = 0; i < 2000; i++) {
        prefixes.put(32L | (long) Integer.reverseBytes(0x0a000000 + i) << 32, i);
      }
      map.batch().putAll(prefixes);
      assertEquals(prefixes, map.entries());
      assertEquals(2000, map.batch().deleteAll(prefixes.keySet()));
    }
  }

  @Test
  void anEmptyBatchDoesNothing() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(1), Codec.u32(), Codec.u64())) {
      map.batch().putAll(Map.of());
      assertEquals(0, map.batch().deleteAll(List.of()));
      assertTrue(map.entries().isEmpty());
    }
  }

  @Test
  void aTypeWithoutBatchesIsServedOneByOne() {
    MapSpec spec = new MapSpec("devices", MapType.DEVMAP_HASH, 4, 4, 8);
    int lo = Interfaces.index("lo");
    try (OwnedMap<Integer, Integer> map = BpfMap.create(spec, Codec.u32(), Codec.u32())) {
      Map<Integer, Integer> devices = Map.of(1, lo, 2, lo, 3, lo);
      map.batch().putAll(devices);
      assertEquals(devices, map.entries());
      assertEquals(3, map.batch().deleteAll(List.of(0, 1, 2, 3)));
      assertTrue(map.entries().isEmpty());
    }
  }

  @Test
  void crowdedBucketsAreReadWhole() {
    // One value fills a chunk, so every bucket with two entries is more than fits at first.
    MapSpec spec = new MapSpec("crowded", MapType.HASH, 4, 300_000, 64);
    try (OwnedMap<Integer, byte[]> map = BpfMap.create(spec, Codec.u32(), Codec.bytes(300_000))) {
      byte[] value = new byte[300_000];
      for (int i = 0; i < 64; i++) {
        map.put(i, value);
      }
      Map<Integer, Integer> sizes = new HashMap<>();
      map.batch().forEach((key, read) -> sizes.put(key, read.length));
      assertEquals(64, sizes.size());
    }
  }

  @Test
  void aFailureCountsTheEntriesOfEveryCallBefore() {
    Map<Integer, Long> numbers = numbers(50_000);
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(40_000), Codec.u32(), Codec.u64())) {
      BpfException failure = assertThrows(BpfException.class, () -> map.batch().putAll(numbers));
      assertEquals("map batch_hash, after 40000 entries", failure.subject());
    }
  }

  @Test
  void aCallThatTheKernelRefusesOutrightDidNothing() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(hash(16), Codec.u32(), Codec.u64())) {
      map.freeze();
      BpfException failure = assertThrows(BpfException.class, () -> map.batch().putAll(numbers(2)));
      assertEquals(Errno.EPERM, failure.errno());
      assertEquals("map batch_hash, after 0 entries", failure.subject());
      failure = assertThrows(BpfException.class, () -> map.batch().deleteAll(List.of(1, 2)));
      assertEquals("map batch_hash, after 0 entries", failure.subject());
    }
  }

  @Test
  void aTrieIsDrainedInTwoSteps() {
    MapSpec spec =
        new MapSpec("batch_lpm", MapType.LPM_TRIE, 8, 4, 100).withFlags(MapSpec.NO_PREALLOC);
    try (OwnedMap<Long, Integer> map = BpfMap.create(spec, Codec.u64(), Codec.u32())) {
      Map<Long, Integer> prefixes = new HashMap<>();
      for (int i = 0; i < 100; i++) {
        prefixes.put(32L | (long) i << 32, i);
      }
      map.batch().putAll(prefixes);
      Map<Long, Integer> drained = new HashMap<>();
      map.batch().drain(drained::put);
      assertEquals(prefixes, drained);
      assertTrue(map.entries().isEmpty());
    }
  }
}
