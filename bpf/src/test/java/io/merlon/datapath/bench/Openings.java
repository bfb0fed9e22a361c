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
  private static final long APART = 1 << 24; // from the flows of a case to those of the bare maps

  private final Rotation rotation;
  private final boolean v6;
  private final End pod;
  private long unseen = TO_FILL; // the number of the last flow that was once used
  private boolean bareFirst;

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
          scene.datapath.flows(v6).batch().deleteAll(keys(scene, number + APART));
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
        floor,
        scene.decided(false, TIMES, () -> Rotation.run(program, packet, TIMES)),
        scene.bare.run(Bare.Kind.DENY, packet, TIMES));
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
                scene.decided(false, PIECE, () -> Rotation.run(program, packet, PIECE)),
                scene.bare.run(Bare.Kind.DENY, packet, PIECE)));
  }

  private byte[] syn(Scene scene, int port) {
    return Packets.tcp(pod, scene.peer(v6, port), SYN);
  }

  private Sample openings(Scene scene, int port, long first) {
    byte[] packet = syn(scene, port);
    boolean allowed = port == Scene.ALLOWED_PORT;
    rotation.towards(scene.peers, v6, Integer.MAX_VALUE, first);
    int floor = rotation.rotatedFloor(packet, PIECE).nanos();
    // By turns, since the later one finds more in the caches.
    bareFirst = !bareFirst;
    if (bareFirst) {
      int bare = bare(scene, allowed, packet, first + APART);
      return new Sample(floor, judged(scene, allowed, packet, first), bare);
    }
    int nanos = judged(scene, allowed, packet, first);
    return new Sample(floor, nanos, bare(scene, allowed, packet, first + APART));
  }

  private int judged(Scene scene, boolean allowed, byte[] packet, long first) {
    BpfProgram program = scene.program(Hook.FROM_POD);
    rotation.towards(scene.peers, v6, Integer.MAX_VALUE, first);
    return scene.decided(allowed, PIECE, () -> rotation.rotated(program, packet, PIECE));
  }

  private int bare(Scene scene, boolean allowed, byte[] packet, long first) {
    Bare.Kind kind = allowed ? Bare.Kind.OPEN : Bare.Kind.DENY;
    rotation.towards(scene.peers, v6, Integer.MAX_VALUE, first);
    return scene.bare.rotated(kind, rotation, packet, PIECE);
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
    return new Sample(
        mean(pieces, Sample::floor), mean(pieces, Sample::nanos), mean(pieces, Sample::bare));
  }

  private static int mean(List<Sample> samples, ToIntFunction<Sample> of) {
    return samples.stream().mapToInt(of).sum() / samples.size();
  }
}
