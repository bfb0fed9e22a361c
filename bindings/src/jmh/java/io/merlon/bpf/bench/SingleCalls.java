package io.merlon.bpf.bench;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One entry per call, in rotation over a hash map of 10,000. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SingleCalls {
  private static final int ENTRIES = 10_000;
  private static final int RUN = 1_000;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private OwnedMap<Pair, Pair> map;

  private long from;

  @Setup
  public void create() {
    MapSpec spec = new MapSpec("bench", MapType.HASH, 16, 16, ENTRIES);
    map = BpfMap.create(spec, Pair.CODEC, Pair.CODEC);
    Baseline.update(map.fd(), 0, ENTRIES);
  }

  @TearDown
  public void close() {
    map.close();
  }

  private long next() {
    from = (from + RUN) % ENTRIES;
    return from;
  }

  @Benchmark
  @OperationsPerInvocation(RUN)
  public void updateJava() {
    long start = next();
    for (int i = 0; i < RUN; i++) {
      map.put(new Pair(1, start + i), new Pair(start + i, 2));
    }
  }

  @Benchmark
  @OperationsPerInvocation(RUN)
  public void updateC() {
    if (Baseline.update(map.fd(), next(), RUN) != 0) {
      throw new IllegalStateException("update failed");
    }
  }

  @Benchmark
  @OperationsPerInvocation(RUN)
  public void lookUpJava() {
    long start = next();
    int right = 0;
    for (int i = 0; i < RUN; i++) {
      right += map.get(new Pair(1, start + i)).orElseThrow().first() == start + i ? 1 : 0;
    }
    require(right);
  }

  @Benchmark
  @OperationsPerInvocation(RUN)
  public void lookUpC() {
    require(Baseline.lookUp(map.fd(), next(), RUN));
  }

  private static void require(int right) {
    if (right != RUN) {
      throw new IllegalStateException(right + " right of " + RUN);
    }
  }
}
