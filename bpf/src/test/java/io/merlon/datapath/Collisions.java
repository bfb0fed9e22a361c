package io.merlon.datapath;

import io.merlon.datapath.harness.Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Flows somebody chooses who knows the factors by which records of denials were once found. */
final class Collisions {
  private static final int PORTS = 1 << 9;
  private static final int PEERS = 1 << 10;

  /** The factors of a flow's words from the peer's address on; the pod's do not matter here. */
  private static final long[] V4 = {0xd6e8feb86659fd93L, 0xa0761d6478bd642fL};

  private static final long[] V6 = {
    0x8ebc6af09c88c6e3L,
    0x589965cc75374cc3L,
    0x1d8e4e27c47d124fL,
    0xeb44accab455d165L,
    0xc2b2ae3d27d4eb4fL
  };

  private Collisions() {}

  /** A peer, and the pod's port. */
  record End(Address address, int port) {}

  private record Sum(long sum, End end) {}

  /** Two ends whose sums differ so little that their upper halves, which are the hash, are one. */
  static List<End> closest(Address base) {
    List<Sum> sums =
        IntStream.range(0, PORTS * PEERS)
            .mapToObj(i -> new End(base.plus(i % PEERS), 1024 + i / PEERS))
            .map(end -> new Sum(sum(end), end))
            .sorted(Comparator.comparingLong(Sum::sum))
            .toList();
    int closest =
        IntStream.range(1, sums.size())
            .boxed()
            .min(Comparator.comparingLong(i -> sums.get(i).sum() - sums.get(i - 1).sum()))
            .orElseThrow();
    return List.of(sums.get(closest - 1).end(), sums.get(closest).end());
  }

  private static long sum(End end) {
    ByteBuffer wire = ByteBuffer.wrap(end.address().wire()).order(ByteOrder.LITTLE_ENDIAN);
    long[] factors = wire.remaining() == 4 ? V4 : V6;
    long sum = (Short.reverseBytes((short) end.port()) & 0xffffL) * factors[factors.length - 1];
    for (int i = 0; i < factors.length - 1; i++) {
      sum += Integer.toUnsignedLong(wire.getInt(4 * i)) * factors[i];
    }
    return sum;
  }
}
