package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.IpAddress;
import io.merlon.it.PodPolicy.Allow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of many segments, their checksums left to the interface. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record OffloadTrafficTest(EnforcedNode node) {
  private static final long BYTES = 200_000_000;
  private static final int PORT = 80;
  private static final int TCP = 6;
  private static final int ETHERNET = 14;
  private static final int ROUNDS = 3;

  private static final Pattern COUNTED = Pattern.compile("counter packets (\\d+) bytes (\\d+)");

  /** Frames and their bytes without Ethernet's, as netfilter saw them leave. */
  private record Frames(long count, long bytes) {
    static void count(NetworkNamespace namespace) {
      namespace.execute(
          "nft",
          "add table inet seen; add chain inet seen out { type filter hook output priority 0; };"
              + " add rule inet seen out tcp dport "
              + PORT
              + " counter");
    }

    static Frames counted(NetworkNamespace namespace) {
      Matcher found = COUNTED.matcher(namespace.execute("nft", "list", "table", "inet", "seen"));
      assertTrue(found.find());
      return new Frames(Long.parseLong(found.group(1)), Long.parseLong(found.group(2)));
    }
  }

  private Transfer transfer(Pod from, Pod to, boolean six) {
    InetSocketAddress address = new InetSocketAddress(to.address(six), PORT);
    return new Transfer(from.namespace(), to.namespace(), address, false);
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void everySegmentOfALongStreamIsCountedOnce(boolean six) throws IOException {
    Pod web = node.pod("web" + six, PodPolicy.open());
    Pod shop = node.pod("shop" + six, PodPolicy.closed().onlyTo(Allow.tcp(node.number(web), PORT)));
    node.policy(web, PodPolicy.closed().onlyFrom(Allow.tcp(node.number(shop), PORT)));
    Frames.count(shop.namespace());
    Statistics sender = new Statistics(shop.namespace());
    long before = sender.segmentsSent();
    Transfer.Result result = transfer(shop, web, six).run(BYTES);
    assertTrue(result.intact());
    assertEquals(0, new Statistics(web.namespace()).badChecksums());

    Flow flow = flow(shop, web, six, result.clientPort());
    Frames frames = Frames.counted(shop.namespace());
    long segments = sender.segmentsSent() - before;
    assertEquals(frames.bytes() + frames.count() * ETHERNET, flow.egress().bytes());
    assertEquals(segments, flow.egress().packets());
    assertTrue(frames.count() < segments / 4, frames + " of " + segments + " segments");
    Flow there = flow(web, shop, six, result.clientPort());
    assertEquals(flow.egress().bytes(), there.ingress().bytes());
    assertEquals(flow.egress().packets(), there.ingress().packets());
    assertEquals(there.egress().bytes(), flow.ingress().bytes());
  }

  private Flow flow(Pod pod, Pod peer, boolean six, int clientPort) {
    boolean server =
        pod.device().equals(PodNetwork.device(PodNetwork.ORDINARY, "shop", "web" + six));
    FlowKey key =
        new FlowKey(
            pod.ifindex(),
            IpAddress.of(pod.address(six).getAddress()),
            IpAddress.of(peer.address(six).getAddress()),
            server ? PORT : clientPort,
            server ? clientPort : PORT,
            TCP);
    return node.datapath().flows(six).get(key).orElseThrow();
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aStreamIsHardlySlowedDown(boolean six) throws IOException {
    Pod web = node.pod("web" + six, PodPolicy.open());
    Pod shop = node.pod("shop" + six, PodPolicy.open());
    Transfer transfer = transfer(shop, web, six);
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    transfer.run(BYTES);
    for (int round = 0; round < ROUNDS; round++) {
      with.add(transfer.run(BYTES).megabytesPerSecond());
      node.detach();
      without.add(transfer.run(BYTES).megabytesPerSecond());
      node.attachPods();
    }
    double ratio = Collections.max(with) / Collections.max(without);
    System.out.printf(
        "throughput %s IPv%d: %.0f MB/s with programs, %.0f without (best of 3), ratio %.2f%n",
        node, six ? 6 : 4, Collections.max(with), Collections.max(without), ratio);
    assertTrue(ratio > 0.25, "ratio " + ratio);
  }
}
