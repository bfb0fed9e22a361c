package io.merlon.bpf.bench;

import io.merlon.bpf.Codec;
import java.nio.ByteBuffer;

/** Sixteen bytes: the key and the value of the benchmarks' maps. */
record Pair(long first, long second) {
  static final Codec<Pair> CODEC =
      new Codec<>() {
        @Override
        public int size() {
          return 16;
        }

        @Override
        public void encode(Pair pair, ByteBuffer out) {
          out.putLong(pair.first).putLong(pair.second);
        }

        @Override
        public Pair decode(ByteBuffer in) {
          return new Pair(in.getLong(), in.getLong());
        }
      };
}
