package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Values that each CPU has its own of. */
@ExtendWith(LeakCheck.class)
class PerCpuTest {
  private static final MapSpec SPEC = new MapSpec("per_cpu", MapType.PERCPU_HASH, 4, 4, 8);

  @Test
  void aListHasOneValuePerCpu() {
    List<Integer> values = IntStream.range(0, PerCpu.cpus()).boxed().toList();
    try (OwnedMap<Integer, List<Integer>> map =
        BpfMap.create(SPEC, Codec.u32(), PerCpu.list(Codec.u32()))) {
      map.put(1, values);

      assertEquals(Optional.of(values), map.get(1));
      assertEquals(Map.of(1, values), map.entries());
      List<Integer> tooMany = Collections.nCopies(PerCpu.cpus() + 1, 0);
      assertThrows(IllegalArgumentException.class, () -> map.put(1, tooMany));
    }
  }

  @Test
  void aFoldAddsUpWhatTheKernelCounted() {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      BpfMap<Integer, Long> counters =
          object.map("counters", Codec.u32(), PerCpu.fold(Codec.u64(), 0L, Long::sum));
      counters.put(0, 1000L);

      object.program("verdict").testRun(new byte[64], 10);

      assertEquals(Optional.of(1010L), counters.get(0));
    }
  }

  @Test
  void aPlainCodecDoesNotFit() {
    BpfException failure =
        assertThrows(
            BpfException.class, () -> BpfMap.create(SPEC, Codec.u32(), Codec.u32()).close());
    assertTrue(failure.getMessage().contains("PerCpu"), failure.getMessage());
  }
}
