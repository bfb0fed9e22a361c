package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** A map of plain bytes. */
final class Bytes {
  private final BpfMap<byte[], byte[]> map;

  private Bytes(BpfMap<byte[], byte[]> map) {
    this.map = map;
  }

  static Bytes of(BpfObject object, String name, int key, int value) {
    return new Bytes(object.map(name, Codec.bytes(key), Codec.bytes(value)));
  }

  void put(byte[] key, byte[] value) {
    map.put(key, value);
  }

  void delete(byte[] key) {
    map.delete(key);
  }

  void forEach(BiConsumer<byte[], byte[]> visitor) {
    map.batch().forEach(visitor);
  }

  void clear() {
    List<byte[]> keys = new ArrayList<>();
    map.forEach((key, value) -> keys.add(key));
    keys.forEach(map::delete);
  }
}
