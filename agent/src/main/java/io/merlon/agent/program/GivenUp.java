package io.merlon.agent.program;

import io.merlon.bpf.Codec;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Which blocks of counters their subjects have left, or are about to leave, and that nobody has
 * read to the end yet: a process that finds them after another's death reads them for it.
 */
final class GivenUp implements AutoCloseable {
  private static final int MOST = 1 << 14;

  private final Path pin;
  private final OwnedMap<Integer, Integer> map;

  /** Lengths by first slot: what the map holds. */
  private final Map<Integer, Integer> lengths;

  private GivenUp(Path pin, OwnedMap<Integer, Integer> map) {
    this.pin = pin;
    this.map = map;
    this.lengths = new HashMap<>(map.entries());
  }

  static GivenUp open(Path pin) {
    MapSpec spec =
        new MapSpec("merlon_given_up", MapType.HASH, Integer.BYTES, Integer.BYTES, MOST)
            .withFlags(MapSpec.NO_PREALLOC);
    return new GivenUp(pin, Books.openOrCreate(pin, spec, Codec.u32(), Codec.u32()));
  }

  Map<Integer, Integer> lengths() {
    return Map.copyOf(lengths);
  }

  void add(int at, int length) {
    // With more than fit, a death costs what they counted last: verdicts never wait for counters.
    if (lengths.size() < MOST && lengths.put(at, length) == null) {
      map.put(at, length);
    }
  }

  void remove(int at) {
    if (lengths.remove(at) != null) {
      map.delete(at);
    }
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
