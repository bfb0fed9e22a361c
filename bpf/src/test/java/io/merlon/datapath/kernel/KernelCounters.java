package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Codec;
import io.merlon.bpf.PerCpu;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Stat;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The per-CPU counters since the last {@link #reset}; nothing is ever written to them. */
final class KernelCounters {
  private final BpfMap<Integer, Count> counters;
  private final BpfMap<Integer, Long> stats;
  private Map<Integer, Count> countersBefore = Map.of();
  private Map<Integer, Long> statsBefore = Map.of();

  private record CountCodec() implements Codec<Count> {
    @Override
    public int size() {
      return 16;
    }

    @Override
    public void encode(Count value, ByteBuffer out) {
      out.putLong(value.packets()).putLong(value.bytes());
    }

    @Override
    public Count decode(ByteBuffer in) {
      return new Count(in.getLong(), in.getLong());
    }
  }

  KernelCounters(BpfObject object) {
    Codec<Count> sums =
        PerCpu.fold(
            new CountCodec(), Count.NONE, (one, other) -> one.plus(other.packets(), other.bytes()));
    counters = object.map("counters", Codec.u32(), sums);
    stats = object.map("stats", Codec.u32(), PerCpu.fold(Codec.u64(), 0L, Long::sum));
  }

  void reset() {
    countersBefore = counters.entries();
    statsBefore = stats.entries();
  }

  Map<CounterKey, Count> counts() {
    Map<CounterKey, Count> counts = new HashMap<>();
    counters
        .entries()
        .forEach((slot, count) -> {
          Count since = count.minus(countersBefore.getOrDefault(slot, Count.NONE));
          if (!since.equals(Count.NONE) && slot >= Slots.base(1)) {
            counts.put(Slots.key(slot), since);
          }
        });
    return counts;
  }

  long stat(Stat stat) {
    return stats.get(stat.number()).orElse(0L) - statsBefore.getOrDefault(stat.number(), 0L);
  }
}
