package io.merlon.datapath.bench;

import static io.merlon.datapath.bench.Packets.SYN;

import io.merlon.bpf.BpfProgram;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Hook;
import io.merlon.datapath.bench.Case.Sample;
import io.merlon.datapath.bench.Packets.End;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/**
 * First packets of flows. They come in pieces, each of flows that are not in the table, since those
 * of the one before are taken out again, and each small enough for the event ring.
 */
final class Openings {
  private static final int TIMES = 400_000;
  private static final int PIECES = 5;
  private static final int PIECE = 8_000;
  private static final int TO_FILL = 200_000; // above the flow tables' sizes

  private final Rotation rotation;
  private final boolean v6;
  private final End pod;
  private long unseen = TO_FILL; // the number of the last flow that was once used

  Openings(Rotation rotation, boolean v6) {
    this.rotation = rotation;
    this.v6 = v6;
    this.pod = new End(Scene.pod(v6), 1023);
  }

  /** Towards each of the scene's peers in turn. */
  Sample allowed(Scene scene) {
    return inPieces(
        scene,
        number -> {
          Sample sample = openings(scene, Scene.ALLOWED_PORT, number);
          scene.datapath.flows(v6).batch().deleteAll(keys(scene, number));
          return sample;
        });
  }

  private List<FlowKey> keys(Scene scene, long first) {
    return LongStream.range(first, first + PIECE)
        .mapToObj(number -> rotation.key(scene.peers, pod.address(), number))
        .toList();
  }

  /** Each of another flow, so that each is due an event. */
  Sample denied(Scene scene) {
    return inPieces(scene, number -> openings(scene, Scene.DENIED_PORT, unseen += PIECE));
  }

  /** Each in the place of the longest unused one. */
  Supplier<Sample> evicting(Scene scene) {
    rotation.towards(scene.peers, v6, Integer.MAX_VALUE, 0);
    rotation.rotated(scene.program(Hook.FROM_POD), syn(scene, Scene.ALLOWED_PORT), TO_FILL);
    long[] last = {TO_FILL};
    return () -> inPieces(scene, number -> openings(scene, Scene.ALLOWED_PORT, last[0] += PIECE));
  }

  /** The same packet over and over: its event is due only now and then. */
  Sample deniedAgain(Scene scene) {
    BpfProgram program = scene.program(Hook.FROM_POD);
    byte[] packet = syn(scene, Scene.DENIED_PORT);
    int floor = rotation.floor(packet, TIMES).nanos();
    Rotation.run(program, packet, 1);
    return new Sample(
        floor, scene.decided(false, TIMES, () -> Rotation.run(program, packet, TIMES)));
  }

  /** The same packet over and over, an event each. */
  Sample deniedAndTold(Scene scene) {
    BpfProgram program = scene.program(Hook.FROM_POD);
    byte[] packet = syn(scene, Scene.DENIED_PORT);
    return inPieces(
        scene,
        number ->
            new Sample(
                rotation.floor(packet, PIECE).nanos(),
                scene.decided(false, PIECE, () -> Rotation.run(program, packet, PIECE))));
  }

  private byte[] syn(Scene scene, int port) {
    return Packets.tcp(pod, scene.peer(v6, port), SYN);
  }

  private Sample openings(Scene scene, int port, long first) {
    byte[] packet = syn(scene, port);
    BpfProgram program = scene.program(Hook.FROM_POD);
    rotation.towards(scene.peers, v6, Integer.MAX_VALUE, first);
    int floor = rotation.rotatedFloor(packet, PIECE).nanos();
    rotation.towards(scene.peers, v6, Integer.MAX_VALUE, first);
    boolean allowed = port == Scene.ALLOWED_PORT;
    return new Sample(
        floor, scene.decided(allowed, PIECE, () -> rotation.rotated(program, packet, PIECE)));
  }

  /** Packets that are an event each. */
  private Sample inPieces(Scene scene, LongFunction<Sample> piece) {
    long events = scene.events();
    List<Sample> pieces = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      pieces.add(piece.apply((long) i * PIECE % Math.max(PIECE, scene.peers.count())));
      scene.makeRoom();
    }
    if (scene.events() - events < PIECES * PIECE) {
      throw new IllegalStateException("not every packet was an event");
    }
    return new Sample(mean(pieces, Sample::floor), mean(pieces, Sample::nanos));
  }

  private static int mean(List<Sample> samples, ToIntFunction<Sample> of) {
    return samples.stream().mapToInt(of).sum() / samples.size();
  }
}
