package io.merlon.datapath;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.Codec;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.PerCpu;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the maps take of the kernel's memory at their default sizes. */
class MapMemoryTest {
  private static final long LIMIT = 64L << 20;

  @Test
  void allMapsFitTheNodesBudget() {
    try (Datapath datapath = Datapath.load(Datapath.spec())) {
      long total = 0;
      for (String map : new TreeSet<>(datapath.object().maps())) {
        long bytes = memlock(datapath, map);
        System.out.printf("memory of %-12s %,12d bytes%n", map, bytes);
        total += bytes;
      }
      System.out.printf("memory of all maps   %,12d bytes%n", total);
      assertTrue(total <= LIMIT, total + " bytes, " + LIMIT + " allowed");
    }
  }

  private static long memlock(Datapath datapath, String map) {
    MapInfo info = datapath.object().mapInfo(map);
    Codec<byte[]> value = Codec.bytes(info.valueSize());
    return datapath
        .object()
        .map(
            map,
            Codec.bytes(info.keySize()),
            info.type().perCpu() ? PerCpu.fold(value, new byte[0], (a, b) -> b) : value)
        .memlock();
  }
}
