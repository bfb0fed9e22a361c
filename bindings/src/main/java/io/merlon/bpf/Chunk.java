package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Native memory for one batch call's keys, values and number of entries. */
final class Chunk<K, V> {
  final int capacity;
  final Slot<K> keys;
  final Slot<V> values;
  private final MemorySegment count;

  Chunk(BpfMap<K, V> map, Arena arena, int capacity) {
    this.capacity = capacity;
    this.keys = new Slot<>(map.keys, capacity, arena);
    this.values = new Slot<>(map.values, capacity, arena);
    this.count = arena.allocate(ValueLayout.JAVA_INT);
  }

  /** Where the kernel reads how many entries there are and writes how many it did. */
  MemorySegment count() {
    return count;
  }

  void ask(int entries) {
    count.set(ValueLayout.JAVA_INT, 0, entries);
  }

  /** What the kernel wrote. */
  int told() {
    return count.get(ValueLayout.JAVA_INT, 0);
  }

  /** How far a call that failed came; one that did not begin leaves what it was asked. */
  int done(int asked) {
    return told() < asked ? told() : 0;
  }
}
