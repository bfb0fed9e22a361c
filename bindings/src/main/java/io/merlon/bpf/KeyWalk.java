package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;

/** A walk over a map key by key, which every map type that has keys allows. */
final class KeyWalk<K, V> {
  private final BpfMap<K, V> map;
  private final BiConsumer<? super K, ? super V> visitor;

  KeyWalk(BpfMap<K, V> map, BiConsumer<? super K, ? super V> visitor) {
    this.map = map;
    this.visitor = visitor;
  }

  void walk() {
    try (Arena arena = Arena.ofConfined()) {
      Slot<K> key = new Slot<>(map.keys, 1, arena);
      Slot<V> value = new Slot<>(map.values, 1, arena);
      MemorySegment last = arena.allocate(key.memory().byteSize(), 8);
      MemorySegment previous = MemorySegment.NULL;
      long limit = 2L * Integer.toUnsignedLong(map.maxEntries()) + 1;
      for (long step = 0; step < limit; step++) {
        int result = Libbpf.bpf_map_get_next_key(map.fd(), previous, key.memory());
        if (result == -Errno.ENOENT.code()) {
          return;
        }
        if (result < 0) {
          throw map.failure("bpf_map_get_next_key", result);
        }
        // The visitor may delete the key at hand, and the codec may not keep its bytes.
        previous = last.copyFrom(key.memory());
        visit(key, value);
      }
    }
    throw new BpfException(map.subject() + " changes faster than it can be visited");
  }

  private void visit(Slot<K> key, Slot<V> value) {
    int result = Libbpf.bpf_map_lookup_elem(map.fd(), key.memory(), value.memory());
    if (result == 0) {
      visitor.accept(key.get(0), value.get(0));
    } else if (result != -Errno.ENOENT.code()) {
      throw map.failure("bpf_map_lookup_elem", result);
    }
  }
}
