package io.merlon.datapath.bench;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapSpec;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.bench.Rotation.Result;

/**
 * The map operations that no datapath can spare, on a datapath's own maps and without anything
 * around them: what is left of a packet's cost is the program's.
 */
final class Bare implements AutoCloseable {
  private static final String OBJECT = "bare.bpf.o";
  private static final int PASS = -1;

  /** What happens to the packet. */
  enum Kind {
    TRAVEL,
    OPEN,
    DENY
  }

  private final BpfObject object;

  Bare(Datapath datapath) {
    BpfObjectSpec spec = BpfObjectSpec.parse("bare", Rotation.elf(OBJECT));
    for (MapSpec map : spec.maps()) {
      Codec<byte[]> key = Codec.bytes(map.keySize());
      spec.useMap(map.name(), datapath.object().map(map.name(), key, Codec.bytes(map.valueSize())));
    }
    object = spec.load();
  }

  private BpfProgram program(Kind kind) {
    return object.program(
        switch (kind) {
          case TRAVEL -> "bare_travel";
          case OPEN -> "bare_open";
          case DENY -> "bare_deny";
        });
  }

  /** The mean time of one run on the packet as it is. */
  int run(Kind kind, byte[] packet, int times) {
    return checked(Rotation.run(program(kind), packet, times));
  }

  /** The same with changing ends. */
  int rotated(Kind kind, Rotation rotation, byte[] packet, int times) {
    return checked(rotation.rotated(program(kind), packet, times));
  }

  private static int checked(Result result) {
    if (result.verdict() != PASS) {
      throw new IllegalStateException("the maps do not hold what they should");
    }
    return result.nanos();
  }

  @Override
  public void close() {
    object.close();
  }
}
