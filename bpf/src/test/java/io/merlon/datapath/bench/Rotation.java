package io.merlon.datapath.bench;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Codec;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a program on one packet over and over, as it is or with its ends changing. */
final class Rotation implements AutoCloseable {
  private static final String OBJECT = "rotate.bpf.o";
  private static final int STATE_SIZE = 32;
  private static final int CAPACITY = 256;

  private final BpfObject object;
  private final BpfMap<Integer, Integer> programs;
  private final BpfMap<Integer, byte[]> state;
  private final TestRunner empty;
  private final TestRunner rotate;

  Rotation() {
    object = BpfObjectSpec.parse("bench", elf(OBJECT)).load();
    programs = object.map("programs", Codec.u32(), Codec.u32());
    state = object.map("rotation", Codec.u32(), Codec.bytes(STATE_SIZE));
    empty = object.program("empty").testRunner(CAPACITY);
    rotate = object.program("rotate").testRunner(CAPACITY);
  }

  static byte[] elf(String name) {
    try (InputStream in = Rotation.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " was not built");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What runs gave: the program's last verdict and the mean time of one run. */
  record Result(int verdict, int nanos) {}

  /** Runs a program on the packet as it is. */
  static Result run(BpfProgram program, byte[] packet, int times) {
    try (TestRunner runner = program.testRunner(CAPACITY)) {
      return run(runner, packet, times);
    }
  }

  /** Runs the empty program. */
  Result floor(byte[] packet, int times) {
    return run(empty, packet, times);
  }

  /**
   * Sets where the packets of the following runs go.
   *
   * @param flows how many there are before the first comes again
   * @param first the number of the first
   */
  void towards(Peers peers, boolean v6, int flows, long first) {
    ByteBuffer out = ByteBuffer.allocate(STATE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(first).putInt(flows).putInt(peers.count());
    out.putInt(peers.base(v6)).putInt(peers.shift(v6));
    out.putInt(Packets.destinationAt(v6) + peers.wordAt(v6)).putInt(Packets.sourcePortAt(v6));
    state.put(0, out.array());
  }

  /** The flow that the packet of a number opens: see rotate.bpf.c. */
  FlowKey key(Peers peers, IpAddress pod, long number) {
    long port = number & 0x7fff;
    long spread = (port * 2654435761L & 0xffffffffL) >>> 7;
    int peer = (int) (((number >>> 15) + spread) % peers.count());
    IpAddress address = peers.address(peer, pod.v6());
    return new FlowKey(
        Scene.LOOPBACK, pod, address, (int) port + 1024, Scene.ALLOWED_PORT, Packets.TCP);
  }

  /** Runs a program with changing ends. */
  Result rotated(BpfProgram program, byte[] packet, int times) {
    programs.put(0, program.fd());
    return run(rotate, packet, times);
  }

  /** The same with the empty program. */
  Result rotatedFloor(byte[] packet, int times) {
    return rotated(object.program("empty"), packet, times);
  }

  private static Result run(TestRunner runner, byte[] packet, int times) {
    runner.packet().clear().put(packet);
    int verdict = runner.repeat(times).run(packet.length);
    return new Result(verdict, runner.durationNanos());
  }

  @Override
  public void close() {
    rotate.close();
    empty.close();
    object.close();
  }
}
