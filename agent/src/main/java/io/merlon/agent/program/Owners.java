package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** For whom each subject's packets are counted; pinned. */
final class Owners implements AutoCloseable {
  private static final int SUBJECTS = 1 << 12;

  private final Path pin;
  private final OwnedMap<Integer, Owner> map;
  private final Map<Integer, WorkloadRef> owners = new HashMap<>();

  private Owners(Path pin, OwnedMap<Integer, Owner> map) {
    this.pin = pin;
    this.map = map;
    map.forEach((subject, owner) -> owners.put(subject, owner.workload()));
  }

  static Owners open(Path pin) {
    MapSpec spec =
        new MapSpec("merlon_owners", MapType.HASH, Integer.BYTES, Owner.CODEC.size(), SUBJECTS)
            .withFlags(MapSpec.NO_PREALLOC);
    return new Owners(pin, Books.openOrCreate(pin, spec, Codec.u32(), Owner.CODEC));
  }

  WorkloadRef of(int subject) {
    return owners.getOrDefault(subject, WorkloadRef.NONE);
  }

  void put(int subject, WorkloadRef workload) {
    if (!workload.equals(owners.put(subject, workload))) {
      map.put(subject, new Owner(workload));
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
