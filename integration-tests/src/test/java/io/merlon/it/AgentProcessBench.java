package io.merlon.it;

import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.bpf.Interfaces;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the running agent takes, beside the budgets: how soon it enforces after its process starts,
 * how soon a new interface has its programs, and its memory and processor time at rest and at work.
 * A folder it measures from is this module's.
 */
public final class AgentProcessBench {
  private static final int CLUSTER = 10_000;
  private static final int STARTS = 7;
  private static final int LINKS = 200;

  /** Budgets in MiB by pods of the cluster. */
  private static final Map<Integer, Integer> MEMORY =
      new TreeMap<>(Map.of(1_000, 120, 10_000, 128, 50_000, 150, 100_000, 200));

  private static final int FILTER = 0x4d52;
  private static final int FLOWS_PER_SECOND = 10_000;

  /** The kernel's maps are read back and compared with policies every minute: twice in this. */
  private static final Duration IDLE = Duration.ofSeconds(130);

  /** Once in this. */
  private static final Duration SETTLING = Duration.ofSeconds(70);

  private static final Duration WARMING = Duration.ofSeconds(10);
  private static final Duration BUSY = Duration.ofSeconds(30);
  private static final Duration FLOWS = Duration.ofSeconds(10);

  private final BenchNode node;

  private AgentProcessBench(BenchNode node) {
    this.node = node;
  }

  /** All of it, or some of {@code starts}, {@code work} and {@code memory}. */
  public static void main(String[] args) throws Exception {
    List<String> wanted = args.length == 0 ? List.of("starts", "work", "memory") : List.of(args);
    if (wanted.contains("starts")) {
      starts();
    }
    if (wanted.contains("work")) {
      work();
    }
    if (wanted.contains("memory")) {
      MEMORY.forEach(AgentProcessBench::memory);
    }
  }

  private static void work() throws IOException, InterruptedException {
    try (BenchNode large = new BenchNode(CLUSTER)) {
      AgentProcessBench bench = new AgentProcessBench(large);
      large.agent().start();
      bench.links();
      bench.loads();
    }
  }

  private static void memory(int pods, int budget) {
    try (BenchNode node = new BenchNode(pods)) {
      node.agent().start();
      Usage.over(node.agent(), SETTLING, () -> {})
          .print("after the first sync, " + pods + " pods", "RSS and peak <= " + budget + " MiB");
    }
  }

  private static void starts() {
    try (BenchNode small = new BenchNode(1_000)) {
      new AgentProcessBench(small).starts(1_000, "<= 2.5 s fresh");
    }
    try (BenchNode large = new BenchNode(CLUSTER)) {
      new AgentProcessBench(large).starts(CLUSTER, "<= 2 s adopted");
    }
  }

  private void starts(int pods, String budget) {
    List<Long> fresh = new ArrayList<>();
    List<Long> adopted = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      fresh.add(node.agent().start().toMillis());
      node.agent().terminate();
      adopted.add(node.agent().start().toMillis());
      node.agent().terminate();
      node.agent().detach().succeeded();
    }
    print("process start to enforcing, " + pods + " pods, nothing pinned", fresh, budget);
    print("process start to adopted and in sync, " + pods + " pods", adopted, budget);
  }

  private static void print(String what, List<Long> millis, String budget) {
    List<Long> sorted = millis.stream().sorted().toList();
    System.out.printf(
        "  %-64s median %5d ms  %5d - %5d   budget %s%n",
        what, sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast(), budget);
  }

  /** Pods armed in advance; from telling ip(8) to create the link to filters on both hooks. */
  private void links() throws IOException, InterruptedException {
    for (int i = 0; i < LINKS; i++) {
      node.put("ns-1", "armed-" + i, "10.101.200." + i, "t" + i % 7);
    }
    Await.until("all are armed", Duration.ofSeconds(30), () -> pods() == BenchNode.OWN + LINKS);
    Process ip =
        new ProcessBuilder("ip", "-n", node.network().node().name(), "-batch", "-").start();
    long[] nanos = new long[LINKS];
    try (Writer commands = ip.outputWriter()) {
      for (int i = 0; i < LINKS; i++) {
        nanos[i] = link(commands, PodNetwork.device(PodNetwork.ORDINARY, "ns-1", "armed-" + i));
      }
      for (int i = 0; i < LINKS; i++) {
        commands.write(
            "link delete " + PodNetwork.device(PodNetwork.ORDINARY, "ns-1", "armed-" + i) + "\n");
      }
    }
    ip.waitFor();
    for (int i = 0; i < LINKS; i++) {
      node.delete("ns-1", "armed-" + i);
    }
    Await.until("all are gone", Duration.ofSeconds(30), () -> pods() == BenchNode.OWN);
    double first = nanos[0] / 1e6;
    Arrays.sort(nanos);
    System.out.printf(
        "  %-64s first %.2f ms  p50 %.2f ms  p99 %.2f ms  max %.2f ms   budget p99 <= 5 ms%n",
        LINKS + " links, created to attached",
        first,
        nanos[LINKS / 2] / 1e6,
        nanos[LINKS * 99 / 100] / 1e6,
        nanos[LINKS - 1] / 1e6);
  }

  private int pods() {
    String status = node.agent().get("/v1/status");
    int at = status.indexOf("\"pods\":");
    return at < 0 ? -1 : Integer.parseInt(status.substring(at + 7, status.indexOf(',', at)));
  }

  private long link(Writer commands, String device) {
    return node.network()
        .node()
        .call(() -> {
          long begun = System.nanoTime();
          commands.write(
              "link add %s type veth peer name p%s\n".formatted(device, device.substring(4)));
          commands.flush();
          while (!Files.exists(Path.of("/proc/thread-self/net/dev_snmp6", device))) {
            Thread.onSpinWait();
          }
          int ifindex = Interfaces.index(device);
          while (!isAttached(ifindex)) {
            Thread.onSpinWait();
          }
          return System.nanoTime() - begun;
        });
  }

  private static boolean isAttached(int ifindex) {
    for (Direction direction : Direction.values()) {
      if (new ClsactFilter(ifindex, direction, 1, FILTER).programId().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private void loads() {
    // What the links cost is over, and the compiler of the virtual machine is done.
    Usage.over(node.agent(), WARMING, () -> {});
    Usage.over(node.agent(), IDLE, () -> {}).print("idle", "CPU < 0.5 %, RSS <= 128 MiB");
    Usage.over(node.agent(), BUSY, this::churn).print("100 pods a minute come and go", "RSS flat");
    Usage.over(node.agent(), FLOWS, this::flows)
        .print(FLOWS_PER_SECOND + " new flows a second", "CPU < 2 %");
    Usage.over(node.agent(), IDLE, this::flows)
        .print("the same again, and two minutes of their ends", "CPU < 2 %");
  }

  private void churn() {
    int pods = (int) (BUSY.toSeconds() * 100 / 60);
    long each = BUSY.toNanos() / pods;
    long begun = System.nanoTime();
    for (int i = 0; i < pods; i++) {
      Pod pod = node.network().addPod("ns-2", "churn-" + i);
      node.put("ns-2", "churn-" + i, pod.v4().getHostAddress(), "t" + i % 7);
      waitUntil(begun + i * each + each / 2);
      node.delete("ns-2", "churn-" + i);
      node.network().remove(pod);
      waitUntil(begun + (i + 1) * each);
    }
  }

  private void flows() {
    Pod from = node.here().get(0);
    Pod to = node.here().get(1);
    long begun = System.nanoTime();
    long count = FLOWS.toSeconds() * FLOWS_PER_SECOND;
    try (DatagramChannel channel = from.namespace().call(() -> DatagramChannel.open())) {
      for (long i = 0; i < count; i++) {
        channel.send(
            ByteBuffer.allocate(8), new InetSocketAddress(to.v4(), (int) (10_000 + i % 50_000)));
        waitUntil(begun + i * TimeUnit.SECONDS.toNanos(1) / FLOWS_PER_SECOND);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void waitUntil(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
