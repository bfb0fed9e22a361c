package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables swapped under a program's feet. */
@ExtendWith(LeakCheck.class)
class MapOfMapsTest {
  private static final MapSpec INNER = new MapSpec("inner", MapType.HASH, 4, 4, 8);

  private static OwnedMap<Integer, Integer> table(int value) {
    OwnedMap<Integer, Integer> table = BpfMap.create(INNER, Codec.u32(), Codec.u32());
    table.put(1, value);
    return table;
  }

  private static int run(BpfObject object) {
    return object.program("nested").testRun(new byte[64], 1).retval();
  }

  @Test
  void aSwapShowsTheOtherTableToThePrograms() {
    try (BpfObject object = TestObjects.spec("basic").load();
        OwnedMap<Integer, Integer> first = table(11);
        OwnedMap<Integer, Integer> second = table(22)) {
      MapOfMaps<Integer> tables = object.mapOfMaps("tables", Codec.u32());
      assertEquals(-1, run(object));

      assertEquals(Optional.empty(), tables.swap(0, first));
      assertEquals(11, run(object));
      assertEquals(Optional.of(first.id()), tables.swap(0, second));
      assertEquals(22, run(object));

      assertEquals(Optional.of(second.id()), tables.id(0));
      assertTrue(tables.delete(0));
      assertFalse(tables.delete(0));
      assertEquals(-1, run(object));
    }
  }

  @Test
  void theOuterMapKeepsTheInnerAlive() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      MapOfMaps<Integer> tables = object.mapOfMaps("tables", Codec.u32());
      try (OwnedMap<Integer, Integer> inner = table(33)) {
        tables.put(0, inner);
      }
      assertEquals(33, run(object));
      try (OwnedMap<Integer, Integer> inner =
          tables.open(0, Codec.u32(), Codec.u32()).orElseThrow()) {
        inner.put(1, 34);
      }
      assertEquals(34, run(object));
    }
  }

  @Test
  void anInnerMapOfAnotherShapeIsRefused() {
    try (BpfObject object = TestObjects.spec("basic").load();
        OwnedMap<Integer, Long> wrong =
            BpfMap.create(new MapSpec("wrong", MapType.HASH, 4, 8, 8), Codec.u32(), Codec.u64())) {
      MapOfMaps<Integer> tables = object.mapOfMaps("tables", Codec.u32());
      BpfException failure = assertThrows(BpfException.class, () -> tables.put(0, wrong));
      assertEquals(Errno.EINVAL, failure.errno());
    }
  }

  @Test
  void theInnerShapeCanBeEdited() {
    BpfObjectSpec spec = TestObjects.spec("basic");
    MapSpec inner = new MapSpec("inner", MapType.ARRAY, 4, 4, 2).withFlags(MapSpec.INNER_MAP);
    spec.map(spec.map("tables").withInner(inner));
    try (BpfObject object = spec.load();
        OwnedMap<Integer, Integer> array =
            BpfMap.create(inner.withMaxEntries(3), Codec.u32(), Codec.u32())) {
      array.put(1, 44);
      object.mapOfMaps("tables", Codec.u32()).put(0, array);
      assertEquals(44, run(object));
    }
  }

  @Test
  void createsAMapOfMapsWithoutAnObject() {
    MapSpec outer = new MapSpec("outer", MapType.HASH_OF_MAPS, 4, 4, 2).withInner(INNER);
    try (OwnedMap<Integer, Integer> map = BpfMap.create(outer, Codec.u32(), Codec.u32());
        OwnedMap<Integer, Integer> inner = table(1)) {
      MapOfMaps<Integer> tables = MapOfMaps.of(map);
      tables.put(7, inner);
      assertEquals(Optional.of(inner.id()), tables.id(7));
      assertThrows(BpfException.class, () -> MapOfMaps.of(inner));
    }
  }

  @Test
  void openingWhileOthersSwapFindsOneOrTheOther() throws Exception {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      MapOfMaps<Integer> tables = object.mapOfMaps("tables", Codec.u32());
      try (OwnedMap<Integer, Integer> first = table(0)) {
        tables.put(0, first);
      }
      CompletableFuture<Void> swaps =
          CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= 3000; i++) {
              try (OwnedMap<Integer, Integer> next = table(i)) {
                tables.put(0, next);
              }
            }
          });
      int opened = 0;
      while (!swaps.isDone()) {
        try (OwnedMap<Integer, Integer> inner =
            tables.open(0, Codec.u32(), Codec.u32()).orElseThrow()) {
          assertTrue(inner.get(1).isPresent());
          opened++;
        }
      }
      swaps.get();
      assertTrue(opened > 0);
      assertEquals(3000, run(object));
    }
  }
}
