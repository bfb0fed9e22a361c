package io.merlon.agent.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
  /** A key whose hash is one of few, or differs in the upper bits only. */
  private record Key(int value) {
    @Override
    public int hashCode() {
      return value % 7 << 28 | value % 3;
    }
  }

  @Test
  void doesWhatAHashMapDoes() {
    Random random = new Random(1);
    Map<Key, Integer> expected = new HashMap<>();
    PersistentMap<Key, Integer> map = PersistentMap.empty();
    for (int i = 0; i < 20_000; i++) {
      Key key = new Key(random.nextInt(300));
      if (random.nextInt(5) < 2) {
        expected.remove(key);
        map = map.without(key);
      } else {
        expected.put(key, i);
        map = map.with(key, i);
      }
      assertEquals(expected.size(), map.size());
      assertEquals(expected.get(key), map.get(key));
    }
    assertEquals(expected, new HashMap<>(map));
    assertEquals(PersistentMap.of(expected), map);
  }

  @Test
  void changesAreExactlyTheDifference() {
    Random random = new Random(2);
    for (int round = 0; round < 500; round++) {
      Map<Key, Integer> before = new HashMap<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        before.put(new Key(random.nextInt(100)), random.nextInt(3));
      }
      PersistentMap<Key, Integer> old = PersistentMap.of(before);
      PersistentMap<Key, Integer> changed = old;
      for (int i = random.nextInt(30); i > 0; i--) {
        Key key = new Key(random.nextInt(100));
        changed = random.nextBoolean() ? changed.without(key) : changed.with(key, i % 3);
      }
      Map<Key, Integer> replayed = new HashMap<>(before);
      old.changes(
          changed,
          (key, was, is) -> {
            assertEquals(was, replayed.get(key));
            assertTrue(was == null || !was.equals(is));
            if (is == null) {
              replayed.remove(key);
            } else {
              replayed.put(key, is);
            }
          });
      assertEquals(replayed, new HashMap<>(changed));
    }
  }

  @Test
  void anUnchangedMapIsTheSame() {
    PersistentMap<String, Integer> map = PersistentMap.of(Map.of("a", 1, "b", 2));
    assertSame(map, map.with("a", 1));
    assertSame(map, map.without("c"));
  }

  @Test
  void theShapeDependsOnTheContentAlone() {
    PersistentMap<Key, Integer> once = PersistentMap.of(Map.of(new Key(1), 1));
    PersistentMap<Key, Integer> detour = once;
    for (int i = 2; i < 50; i++) {
      detour = detour.with(new Key(i), i);
    }
    for (int i = 2; i < 50; i++) {
      detour = detour.without(new Key(i));
    }
    assertEquals(once, detour);
    assertEquals(Map.of(new Key(1), 1).toString(), detour.toString());
  }
}
