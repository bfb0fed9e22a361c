package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.SkbContext;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Sends packets from four threads while one process after the other changes policies and is killed
 * with -9. In the end exactly the packets that were sent have been counted, and on the way no
 * series ever counts less than before.
 */
class CountingTest {
  /** More of them: {@code -Dmerlon.kills=300}. */
  private static final int KILLS = Integer.getInteger("merlon.kills", 6);

  private static final int THREADS = 4;
  private static final HookKind KIND = HookKind.BEST;

  private final Random random = new Random(5);
  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  void countsExactlyWhatWasSentWhateverIsKilled() throws Exception {
    try (KernelNode node = new KernelNode(KIND);
        ExecutorService senders = Executors.newFixedThreadPool(THREADS)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      node.run(() -> {
        try (LibbpfDatapath first = CountingChild.open(node.root(), KIND)) {
          first.bind(at, CountingChild.POD);
          CountingChild.reach(first, 0);
        }
      });
      List<Future<Counter>> sending = new ArrayList<>();
      Map<String, Counter> before = Map.of();
      Counter sent = Counter.ZERO;
      try (Datapath datapath = sameMaps(node.root())) {
        for (int thread = 0; thread < THREADS; thread++) {
          sending.add(senders.submit(sender(datapath, at.ifindex(), thread)));
        }
        for (int kill = 0; kill < KILLS; kill++) {
          runAndKill(node);
          before = read(node, before);
        }
        over.set(true);
        for (Future<Counter> sender : sending) {
          sent = sent.plus(sender.get(1, TimeUnit.MINUTES));
        }
      }
      Map<String, Counter> counted = read(node, before);
      assertEquals(sent.packets(), counted.values().stream().mapToLong(Counter::packets).sum());
      assertEquals(sent.bytes(), counted.values().stream().mapToLong(Counter::bytes).sum());
      assertTrue(counted.size() > 6, "series: " + counted.keySet());
      System.out.printf(
          "print: %d kills, %d packets, %d series%n", KILLS, sent.packets(), counted.size());
    }
  }

  private static Map<String, Counter> read(KernelNode node, Map<String, Counter> before) {
    Map<String, Counter> counted = new HashMap<>();
    node.run(() -> {
      try (LibbpfDatapath datapath = CountingChild.open(node.root(), KIND)) {
        Tally tally = datapath.counters();
        counted.putAll(tally.series());
        assertEquals(0, tally.uncounted(), "there is room to count everything");
        assertEquals(0, tally.overflowed());
        assertInstanceOf(Adoption.Adopted.class, datapath.adoption());
      }
    });
    before.forEach((series, counter) ->
        assertTrue(
            counted.getOrDefault(series, Counter.ZERO).packets() >= counter.packets(),
            series + " fell from " + counter + " to " + counted.get(series)));
    return counted;
  }

  private static Datapath sameMaps(Path root) throws Exception {
    Path maps = root.resolve(Files.readSymbolicLink(root.resolve("current")));
    BpfObjectSpec spec = Datapath.spec();
    for (MapSpec map : spec.maps()) {
      if (!map.name().equals("scratch")) {
        Path pin = maps.resolve(map.name());
        spec.mapEntries(map.name(), io.merlon.bpf.Pins.mapInfo(pin).maxEntries());
        spec.pinMap(map.name(), pin);
      }
    }
    return Datapath.load(spec);
  }

  private Callable<Counter> sender(Datapath datapath, int ifindex, int thread) {
    return () -> {
      long packets = 0;
      long bytes = 0;
      try (TestRunner runner = datapath.program(Hook.FROM_POD).testRunner(256)) {
        runner.context(SkbContext.at(ifindex));
        while (!over.get()) {
          int port = 1024 + thread * 500 + (int) (packets % 500);
          Address to = Address.of(packets % 3 == 0 ? "10.0.0.2" : "10.0.0.3");
          byte[] frame = new OpeningFrame(CountingChild.OWN, to, Protocol.UDP, port, 53).bytes();
          runner.packet().clear().put(frame);
          runner.run(frame.length);
          packets++;
          bytes += frame.length;
        }
      }
      return new Counter(packets, bytes);
    };
  }

  private void runAndKill(KernelNode node) throws Exception {
    new KilledProcess(node, CountingChild.class, List.of(node.root().toString(), KIND.name()))
        .run(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(700)));
  }
}
