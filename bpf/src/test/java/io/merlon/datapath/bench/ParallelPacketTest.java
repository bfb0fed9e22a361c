package io.merlon.datapath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Hook;
import io.merlon.datapath.Stat;
import io.merlon.datapath.bench.Packets.End;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One flow's packets on every processor at the same time: of what is counted nothing is lost. */
class ParallelPacketTest {
  private static final int TIMES = 300_000;
  private static final int CPUS = Runtime.getRuntime().availableProcessors();

  /** Has every processor do the work at once. */
  private static void everywhere(Runnable work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(CPUS);
    List<FutureTask<Boolean>> tasks =
        IntStream.range(0, CPUS).mapToObj(cpu -> task(cpu, start, work)).toList();
    tasks.forEach(task -> Thread.ofPlatform().start(task));
    for (FutureTask<Boolean> task : tasks) {
      try {
        task.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
    }
  }

  private static FutureTask<Boolean> task(int cpu, CyclicBarrier start, Runnable work) {
    return new FutureTask<>(() -> {
      Cpu.pinThread(cpu);
      start.await();
      work.run();
      return true;
    });
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void everyPacketOfAFlowIsCounted(boolean v6) throws Exception {
    try (Scene scene = Scene.of(Peers.addresses(10))) {
      End pod = new End(Scene.pod(v6), 1023);
      End peer = scene.peer(v6, Scene.ALLOWED_PORT);
      byte[] packet = Packets.udp(pod, peer);
      long before = scene.allowed();
      Rotation.run(scene.program(Hook.FROM_POD), packet, 1);
      everywhere(() -> Rotation.run(scene.program(Hook.FROM_POD), packet, TIMES));
      long packets = 1 + (long) CPUS * TIMES;
      assertEquals(packets, scene.allowed() - before);
      FlowKey key =
          new FlowKey(
              Scene.LOOPBACK, pod.address(), peer.address(), pod.port(), peer.port(), Packets.UDP);
      Flow flow = scene.datapath.flows(v6).get(key).orElseThrow();
      assertEquals(packets, flow.egress().packets());
      assertEquals(packets * packet.length, flow.egress().bytes());
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void everyDenialIsToldOrReckoned(boolean v6) throws Exception {
    try (Scene scene = Scene.of(Peers.addresses(10))) {
      End pod = new End(Scene.pod(v6), 1023);
      byte[] packet = Packets.udp(pod, scene.peer(v6, Scene.DENIED_PORT));
      everywhere(() -> Rotation.run(scene.program(Hook.FROM_POD), packet, TIMES));
      long told = scene.events();
      assertEquals(CPUS, told);
      assertEquals((long) CPUS * TIMES - told, scene.datapath.stat(Stat.EVENTS_SUPPRESSED));
    }
  }
}
