package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.BpfObject;
import io.merlon.bpf.BpfObjectSpec;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.PerCpu;
import io.merlon.datapath.Datapath;
import io.merlon.it.Client.Outcome;
import io.merlon.it.PodPolicy.Allow;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** The programs are exchanged for others on the same maps, as an upgrade does, while pods talk. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record ReplacementTrafficTest(EnforcedNode node) {
  private static final int ENOUGH = 100;
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final Duration HASTY = Duration.ofMillis(1);

  /** A second load of the programs on the first's maps. */
  private Datapath upgraded() {
    BpfObject first = node.datapath().object();
    BpfObjectSpec spec = Datapath.spec();
    for (MapSpec map : spec.maps()) {
      spec.useMap(map.name(), raw(first, first.mapInfo(map.name()), map.name()));
    }
    return Datapath.load(spec);
  }

  private static BpfMap<byte[], byte[]> raw(BpfObject object, MapInfo info, String name) {
    Codec<byte[]> value = Codec.bytes(info.valueSize());
    if (info.type().perCpu()) {
      int padded = (info.valueSize() + 7) & ~7;
      value = Codec.bytes(padded * PerCpu.cpus());
    }
    return object.map(name, Codec.bytes(info.keySize()), value);
  }

  /** Does it over and over until told to stop, each time with the wanted outcome. */
  private static final class Repeated {
    private final AtomicInteger times = new AtomicInteger();
    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private volatile boolean stopped;

    Repeated(Outcome wanted, Supplier<Outcome> attempt) {
      Thread.ofPlatform().daemon().start(() -> run(wanted, attempt));
    }

    private void run(Outcome wanted, Supplier<Outcome> attempt) {
      try {
        while (!stopped) {
          assertEquals(wanted, attempt.get());
          times.incrementAndGet();
        }
        done.complete(times.get());
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    }

    boolean enough() {
      return times.get() >= ENOUGH || done.isDone();
    }

    int stop() {
      stopped = true;
      return done.join();
    }
  }

  @Test
  void noPacketMissesItsVerdict() {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = node.pod("shop", PodPolicy.closed().onlyTo(Allow.tcp(node.number(web), 80)));
    node.policy(web, PodPolicy.closed().onlyFrom(Allow.tcp(node.number(shop), 80)));
    try (Datapath other = upgraded()) {
      replaceDuringTraffic(other, shop, web, false);
      replaceDuringTraffic(other, shop, web, true);
    }
  }

  private void replaceDuringTraffic(Datapath other, Pod shop, Pod web, boolean six) {
    try (EchoServer good = EchoServer.start(web.namespace(), web.address(six), 80);
        EchoServer bad = EchoServer.start(web.namespace(), web.address(six), 81)) {
      Client patient = new Client(shop.namespace(), PATIENT);
      Client hasty = new Client(shop.namespace(), HASTY);
      Repeated allowed = new Repeated(Outcome.ANSWERED, () -> patient.tcp(good.address()));
      Repeated datagrams = new Repeated(Outcome.SILENT, () -> hasty.udp(bad.address(), 64));
      Repeated openings = new Repeated(Outcome.SILENT, () -> hasty.tcp(bad.address()));
      int replacements = 0;
      while (!allowed.enough() || !datagrams.enough() || !openings.enough()) {
        node.replace(replacements++ % 2 == 0 ? other : node.datapath());
      }
      node.replace(node.datapath());
      int connections = allowed.stop();
      int silent = datagrams.stop() + openings.stop();
      System.out.printf(
          "replacement %s IPv%d: %d times during %d connections and %d forbidden attempts%n",
          node, six ? 6 : 4, replacements, connections, silent);
      assertTrue(replacements > 0);
      assertEquals(connections, good.accepted());
      assertEquals(0, bad.accepted() + bad.received());
    }
  }
}
