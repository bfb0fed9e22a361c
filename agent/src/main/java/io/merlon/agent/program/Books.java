package io.merlon.agent.program;

import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import io.merlon.bpf.PerCpu;
import io.merlon.datapath.Counter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Which of one generation's counters counts for which series. */
final class Books implements AutoCloseable {
  static final String CLAIMS = "claims";

  private final OwnedMap<Integer, Claim> map;
  private final BpfMap<Integer, Counter> counters;
  private final Runnable closing;

  /** What the map holds. */
  private final Map<Integer, Claim> claims;

  private Books(OwnedMap<Integer, Claim> map, BpfMap<Integer, Counter> counters, Runnable closing) {
    this.map = map;
    this.counters = counters;
    this.closing = closing;
    this.claims = new HashMap<>(map.entries());
  }

  /** Those of the generation that is used. */
  static Books open(Generation generation, BpfMap<Integer, Counter> counters) {
    Path pin = generation.map(CLAIMS);
    return new Books(claims(pin, counters.maxEntries()), counters, () -> {});
  }

  private static OwnedMap<Integer, Claim> claims(Path pin, int entries) {
    return openOrCreate(
        pin,
        new MapSpec("merlon_claims", MapType.HASH, Integer.BYTES, Claim.CODEC.size(), entries)
            .withFlags(MapSpec.NO_PREALLOC),
        Codec.u32(),
        Claim.CODEC);
  }

  /** Those of a generation that programs may still count in, but nobody assigns any more. */
  static Books ofOld(Generation generation) {
    OwnedMap<Integer, Counter> counters =
        BpfMap.openPinned(generation.map("counters"), Codec.u32(), codec());
    try {
      return new Books(
          BpfMap.openPinned(generation.map(CLAIMS), Codec.u32(), Claim.CODEC),
          counters,
          counters::close);
    } catch (RuntimeException failure) {
      counters.close();
      throw failure;
    }
  }

  static Codec<Counter> codec() {
    return PerCpu.fold(Counter.CODEC, Counter.ZERO, Counter::plus);
  }

  static <K, V> OwnedMap<K, V> openOrCreate(
      Path pin, MapSpec spec, Codec<K> keys, Codec<V> values) {
    if (Files.exists(pin)) {
      return BpfMap.openPinned(pin, keys, values);
    }
    OwnedMap<K, V> created = BpfMap.create(spec, keys, values);
    try {
      created.pin(pin);
      return created;
    } catch (RuntimeException failure) {
      created.close();
      throw failure;
    }
  }

  Map<Integer, Claim> claims() {
    return claims;
  }

  boolean has(int slot) {
    return claims.containsKey(slot);
  }

  void put(int slot, Claim claim) {
    map.put(slot, claim);
    claims.put(slot, claim);
  }

  void remove(int slot) {
    map.delete(slot);
    claims.remove(slot);
  }

  /**
   * A counter counts for its series no more: what it counted moves to the series' total. The claim
   * says first what the total will be, so that a process that dies in between leaves an end that
   * can be done again.
   */
  void end(int slot, Counter since, Totals totals) {
    Claim claim = claims.get(slot);
    if (claim != null) {
      Claim ending = claim.ending(totals.counted(claim.series()).plus(since));
      put(slot, ending);
      settle(slot, ending, totals);
    }
  }

  /** The same for all of them. */
  void endAll(Totals totals) {
    Map<Integer, Counter> counted = new HashMap<>();
    visit(counted::put);
    counted.forEach((slot, since) -> end(slot, since, totals));
  }

  private void settle(int slot, Claim ending, Totals totals) {
    totals.set(ending.series(), ending.after());
    remove(slot);
  }

  /** The claims a dead process was giving up. */
  void finishEnds(Totals totals) {
    Map.copyOf(claims)
        .forEach((slot, claim) -> {
          if (claim.ending()) {
            settle(slot, claim, totals);
          }
        });
  }

  /** Adds what was counted here to the counts by series. */
  void addTo(Map<Long, Counter> counts) {
    visit((slot, since) -> {
      Claim claim = claims.get(slot);
      if (claim != null) {
        counts.merge(claim.series(), since, Counter::plus);
      }
    });
  }

  /** What every claimed counter has counted for its series. */
  private void visit(BiConsumer<Integer, Counter> visitor) {
    claims.forEach((slot, claim) ->
        visitor.accept(slot, claim.since(counters.get(slot).orElse(Counter.ZERO))));
  }

  void pin(Path pin) {
    map.pin(pin);
  }

  @Override
  public void close() {
    map.close();
    closing.run();
  }
}
