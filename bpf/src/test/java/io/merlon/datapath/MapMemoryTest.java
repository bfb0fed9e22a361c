package io.merlon.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.Codec;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.PerCpu;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the maps take of the kernel's memory at their default sizes. */
class MapMemoryTest {
  private static final long LIMIT = 64L << 20;
  private static final long POD_LIMIT = 5 << 10;
  private static final int PODS = 110;

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

  /** A pod like one that is there already: its places, which are reserved, and nothing more. */
  @Test
  void aFurtherPodFitsItsBudget() {
    try (Datapath datapath = Datapath.load(Datapath.spec())) {
      long before = memlock(datapath, "addresses4") + memlock(datapath, "addresses6");
      for (int i = 0; i < PODS; i++) {
        Peer peer = new Peer(1, false, false, 10 + i);
        datapath.addresses(false).put(IpAddress.v4(0x0a000001 + i), peer);
        datapath.addresses(true).put(IpAddress.v6(0xfd00L << 48, 1 + i), peer);
      }
      long after = memlock(datapath, "addresses4") + memlock(datapath, "addresses6");
      long pod =
          place(datapath, "endpoints")
              + place(datapath, "addresses4")
              + place(datapath, "addresses6");
      System.out.printf("memory of a further pod %,d bytes%n", pod);
      assertEquals(before, after);
      assertTrue(pod <= POD_LIMIT, pod + " bytes, " + POD_LIMIT + " allowed");
    }
  }

  private static long place(Datapath datapath, String map) {
    return memlock(datapath, map) / datapath.object().mapInfo(map).maxEntries();
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
