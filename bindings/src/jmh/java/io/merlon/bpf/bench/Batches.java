package io.merlon.bpf.bench;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** 100,000 entries of a list into a hash map. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Batches {
  private static final int ENTRIES = 100_000;

  /** As many as the façade sends per call for entries of this size. */
  private static final int CHUNK = 8_192;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private OwnedMap<Pair, Pair> map;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private List<Map.Entry<Pair, Pair>> entries;

  @SuppressWarnings("NullAway.Init") // by JMH's setup
  private MemorySegment entriesOfC;

  @Setup
  public void create() {
    MapSpec spec = new MapSpec("bench", MapType.HASH, 16, 16, ENTRIES);
    map = BpfMap.create(spec, Pair.CODEC, Pair.CODEC);
    entries = new ArrayList<>(ENTRIES);
    for (int i = 0; i < ENTRIES; i++) {
      entries.add(Map.entry(new Pair(1, i), new Pair(i, 2)));
    }
    entriesOfC = Baseline.entries(ENTRIES);
  }

  @TearDown
  public void close() {
    map.close();
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public void batchJava() {
    map.batch().putAll(entries, ENTRIES);
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public void batchC() {
    if (Baseline.load(map.fd(), entriesOfC, ENTRIES, CHUNK) != 0) {
      throw new IllegalStateException("batch failed");
    }
  }
}
