package io.merlon.agent.program;

import io.merlon.bpf.Codec;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import io.merlon.datapath.Counter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What was counted for each series by counters that count for it no more; pinned. */
final class Totals implements AutoCloseable {
  private static final int MOST_SERIES = 1 << 14;

  private final Path pin;
  private final OwnedMap<Long, Total> map;

  /** What the map holds. */
  private final Map<Long, Total> totals;

  private Totals(Path pin, OwnedMap<Long, Total> map) {
    this.pin = pin;
    this.map = map;
    this.totals = new HashMap<>(map.entries());
    put(new Total(Ledger.OTHER, counted(Total.key(Ledger.OTHER))));
  }

  static Totals open(Path pin) {
    MapSpec spec =
        new MapSpec("merlon_totals", MapType.HASH, Long.BYTES, Total.CODEC.size(), MOST_SERIES)
            .withFlags(MapSpec.NO_PREALLOC);
    return new Totals(pin, Books.openOrCreate(pin, spec, Codec.u64(), Total.CODEC));
  }

  /** A series' name as it is counted under: a long one is cut, and still tells itself apart. */
  static String name(String series) {
    int length = series.getBytes(StandardCharsets.UTF_8).length;
    return length > Total.LONGEST
        ? series.substring(0, Total.LONGEST / 3 - 16) + "." + Long.toHexString(Total.key(series))
        : series;
  }

  boolean has(long key) {
    return totals.containsKey(key);
  }

  Counter counted(long key) {
    Total total = totals.get(key);
    return total == null ? Counter.ZERO : total.counted();
  }

  boolean isFull() {
    return totals.size() >= MOST_SERIES;
  }

  /** A series begins, with nothing. */
  void begin(String series) {
    put(new Total(series, Counter.ZERO));
  }

  /** So much has been counted for a series now, if it is still known. */
  void set(long key, Counter counted) {
    Total total = totals.get(key);
    if (total != null) {
      put(new Total(total.series(), counted));
    }
  }

  private void put(Total total) {
    long key = Total.key(total.series());
    map.put(key, total);
    totals.put(key, total);
  }

  /** Forgets one series that is not used; whether there was any. */
  boolean forgetOne(Set<Long> used) {
    for (Long key : totals.keySet()) {
      if (!used.contains(key)) {
        map.delete(key);
        totals.remove(key);
        return true;
      }
    }
    return false;
  }

  /** The counts, by series. */
  Map<Long, Counter> counts() {
    Map<Long, Counter> counts = new HashMap<>();
    totals.forEach((key, total) -> counts.put(key, total.counted()));
    return counts;
  }

  /** Counts by the names of their series, without those that are nothing. */
  Map<String, Counter> named(Map<Long, Counter> counts) {
    Map<String, Counter> named = new HashMap<>();
    counts.forEach((key, counter) -> {
      Total total = totals.get(key);
      if (total != null && counter.packets() != 0) {
        named.put(total.series(), counter);
      }
    });
    return named;
  }

  /** Pins it if it has lost its name; whether it had. */
  boolean pinAgain() {
    if (Files.exists(pin)) {
      return false;
    }
    map.pin(pin);
    return true;
  }

  @Override
  public void close() {
    map.close();
  }
}
