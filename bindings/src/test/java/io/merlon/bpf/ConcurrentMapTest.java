package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sixteen threads, one map. */
@ExtendWith(LeakCheck.class)
class ConcurrentMapTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 2_000;

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void onAllThreads(Work work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        running.add(
            threads.submit(() -> {
              start.await();
              work.run(thread);
              return null;
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
  }

  @Test
  void everyThreadReadsBackWhatItWrote() throws Exception {
    MapSpec spec = new MapSpec("shared", MapType.HASH, 4, 8, THREADS * ROUNDS);
    try (OwnedMap<Integer, Long> map = BpfMap.create(spec, Codec.u32(), Codec.u64())) {
      onAllThreads(thread -> {
        for (int i = 0; i < ROUNDS; i++) {
          int key = thread * ROUNDS + i;
          map.put(key, key * 7L);
          assertEquals(Optional.of(key * 7L), map.get(key));
          if (i % 2 == 0) {
            assertEquals(Optional.of(key * 7L), map.lookupAndDelete(key));
          }
        }
      });
      Map<Integer, Long> left = map.entries();
      assertEquals(THREADS * ROUNDS / 2, left.size());
      left.forEach((key, value) -> assertEquals(key * 7L, value));
    }
  }

  @Test
  void batchesOfManyThreadsDoNotMix() throws Exception {
    MapSpec spec = new MapSpec("shared", MapType.HASH, 4, 8, THREADS * ROUNDS);
    try (OwnedMap<Integer, Long> map = BpfMap.create(spec, Codec.u32(), Codec.u64())) {
      onAllThreads(thread -> {
        Map<Integer, Long> own = new HashMap<>();
        for (int i = 0; i < ROUNDS; i++) {
          own.put(thread * ROUNDS + i, (long) thread);
        }
        map.batch().putAll(own);
        assertEquals(
            ROUNDS / 2, map.batch().deleteAll(own.keySet().stream().limit(ROUNDS / 2).toList()));
      });
      assertEquals(THREADS * ROUNDS / 2, map.entries().size());
    }
  }

  @Test
  void threadsTestRunTheirOwnRunners() throws Exception {
    try (BpfObject object = TestObjects.spec("basic").load()) {
      BpfMap<Integer, Long> counters =
          object.map("counters", Codec.u32(), PerCpu.fold(Codec.u64(), 0L, Long::sum));
      onAllThreads(thread -> {
        try (TestRunner runner = object.program("verdict").testRunner(64)) {
          runner.context(SkbContext.NONE.withMark(thread));
          for (int i = 0; i < 200; i++) {
            assertEquals(7, runner.run(64));
            assertEquals(thread + 1, runner.contextAfter().mark());
          }
        }
      });
      assertEquals(Optional.of(THREADS * 200L), counters.get(0));
    }
  }
}
