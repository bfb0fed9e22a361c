package io.merlon.datapath.bench;

import static io.merlon.datapath.bench.Packets.ACK;
import static io.merlon.datapath.bench.Packets.SYN;
import static io.merlon.datapath.bench.Packets.SYN_ACK;

import io.merlon.bpf.BpfProgram;
import io.merlon.datapath.Hook;
import io.merlon.datapath.bench.Case.Sample;
import io.merlon.datapath.bench.Packets.End;
import io.merlon.datapath.bench.Rotation.Result;
import java.util.function.Supplier;

/** Packets of flows that are there. */
final class Established {
  private static final int TIMES = 400_000;

  private final Rotation rotation;
  private final boolean v6;
  private final End pod;

  Established(Rotation rotation, boolean v6) {
    this.rotation = rotation;
    this.v6 = v6;
    this.pod = new End(Scene.pod(v6), 1023);
  }

  Sample tcp(Scene scene, Hook hook) {
    End peer = scene.peer(v6, Scene.ALLOWED_PORT);
    Rotation.run(scene.program(Hook.FROM_POD), Packets.tcp(pod, peer, SYN), 1);
    Rotation.run(scene.program(Hook.TO_POD), Packets.tcp(peer, pod, SYN_ACK), 1);
    byte[] out = Packets.tcp(pod, peer, ACK);
    return same(scene, hook, out, hook == Hook.FROM_POD ? out : Packets.tcp(peer, pod, ACK));
  }

  Sample udp(Scene scene) {
    byte[] packet = Packets.udp(pod, scene.peer(v6, Scene.ALLOWED_PORT));
    Rotation.run(scene.program(Hook.FROM_POD), packet, 1);
    return same(scene, Hook.FROM_POD, packet, packet);
  }

  /** The same packet over and over; the maps are asked by how the pod would send one. */
  private Sample same(Scene scene, Hook hook, byte[] out, byte[] packet) {
    int floor = rotation.floor(packet, TIMES).nanos();
    int nanos = travelled(scene, () -> Rotation.run(scene.program(hook), packet, TIMES));
    return new Sample(floor, nanos, scene.bare.run(Bare.Kind.TRAVEL, out, TIMES));
  }

  /** As many flows as the scene is made for, one after the other. */
  Supplier<Sample> many(Scene scene) {
    BpfProgram program = scene.program(Hook.FROM_POD);
    End peer = scene.peer(v6, Scene.ALLOWED_PORT);
    byte[] packet = Packets.tcp(pod, peer, ACK);
    rotation.towards(scene.peers, v6, Scenes.MANY_FLOWS, 0);
    rotation.rotated(program, Packets.tcp(pod, peer, SYN), Scenes.MANY_FLOWS);
    return () -> {
      rotation.towards(scene.peers, v6, Scenes.MANY_FLOWS, 0);
      int floor = rotation.rotatedFloor(packet, TIMES).nanos();
      int nanos = travelled(scene, () -> rotation.rotated(program, packet, TIMES));
      int bare = scene.bare.rotated(Bare.Kind.TRAVEL, rotation, packet, TIMES);
      return new Sample(floor, nanos, bare);
    };
  }

  private static int travelled(Scene scene, Supplier<Result> run) {
    long events = scene.events();
    int nanos = scene.decided(true, TIMES, run);
    if (scene.events() != events) {
      throw new IllegalStateException("a flow was not established");
    }
    return nanos;
  }
}
