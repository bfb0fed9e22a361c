package io.merlon.agent.bench;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.agent.loop.AgentCommand;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.Batch;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.LoopSettings;
import io.merlon.agent.program.DatapathSettings;
import io.merlon.agent.program.LibbpfDatapath;
import io.merlon.agent.watch.SyncState;
import io.merlon.netlink.Links;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * From an event told to the loop to the kernel's maps holding it, on the real kernel, beside the
 * budget. The loop is called as its thread calls it, without the thread.
 */
public final class AgentBench {
  private static final int WARM_UP = 300;
  private static final int ROUNDS = 1000;
  private static final int LOCAL_PODS = 110;
  private static final int APPS = 50;
  private static final int NAMESPACES = 100;
  private static final Duration LONG = Duration.ofHours(1);

  private final AgentLoop loop;
  private final CommandQueue queue = new CommandQueue(1 << 17, System::nanoTime);

  private AgentBench(LibbpfDatapath datapath) {
    this.loop =
        new AgentLoop(
            new LoopSettings(UntilKnown.ALLOW, List.of("eni"), List.of("eth"), LONG),
            new AgentLoop.Parts(
                datapath,
                new IncrementalCompiler(CompileOptions.forNode("n0")),
                new PodInterfaces(InterfaceNaming.EKS)),
            System::nanoTime);
  }

  public static void main(String[] args) {
    for (int pods : new int[] {1_000, 50_000}) {
      Path root = Path.of("/sys/fs/bpf", "merlon-bench-" + ProcessHandle.current().pid());
      DatapathSettings settings = DatapathSettings.at(root);
      try (OwnNamespace node = new OwnNamespace()) {
        node.call(() -> {
          try (LibbpfDatapath datapath = LibbpfDatapath.open(settings)) {
            new AgentBench(datapath).run(pods);
          } finally {
            LibbpfDatapath.detachEverything(settings);
          }
          return pods;
        });
      }
    }
  }

  private void run(int pods) throws InterruptedException {
    long begun = System.nanoTime();
    List<ClusterEvent> all = new ArrayList<>();
    for (int i = 0; i < NAMESPACES; i++) {
      all.add(
          new ClusterEvent.PutNamespace(
              new Namespace("ns" + i, Map.of("team", "t" + i % 10), Map.of())));
      for (int k = 0; k < 5; k++) {
        all.add(policy(i, k, 8000 + k));
      }
    }
    for (int i = 0; i < pods; i++) {
      all.add(pod(i, i < LOCAL_PODS ? "n0" : "n1", "app" + i % APPS));
    }
    tell(all);
    queue.put(new AgentCommand.LinkChanged(new LinkEvent.Synced()));
    queue.put(new AgentCommand.ClusterSynced(SyncState.ALL));
    turn();
    System.out.printf(
        "%d pods, %d policies, %d local pods: everything in the kernel after %d ms%n",
        pods, NAMESPACES * 5, LOCAL_PODS, (System.nanoTime() - begun) / 1_000_000);
    begun = System.nanoTime();
    addInterfaces();
    turn();
    System.out.printf(
        "  their interfaces made, and our programs at them, after %d ms%n",
        (System.nanoTime() - begun) / 1_000_000);
    measure(
        "new pod of a known class",
        "p50 <= 1 ms, p99 <= 10 ms",
        i -> pod(pods + i, "n1", "app" + i % APPS));
    measure(
        "that pod gone",
        "p50 <= 1 ms, p99 <= 10 ms",
        i -> new ClusterEvent.Gone(pod(pods + i, "n1", "").key()));
    measure(
        "new local pod of a known class",
        "p50 <= 1 ms, p99 <= 10 ms",
        i ->
            i % 2 == 0
                ? pod(900_000, "n0", "app1")
                : new ClusterEvent.Gone(pod(900_000, "", "").key()));
    measure(
        "new pod of a new class",
        "none",
        i -> withLabel(pods + WARM_UP + ROUNDS, "tier", "db" + i % 5));
    measure("policy edit", "p99 <= 50 ms", i -> policy(i % NAMESPACES, 0, 9000 + i));
  }

  /** As a node has them: what has none is held, and looked at in each turn. */
  private void addInterfaces() {
    VpcCniNaming naming = new VpcCniNaming("eni");
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < LOCAL_PODS; i++) {
      String name = naming.hostInterface(new PodRef("ns" + i % NAMESPACES, "pod" + i));
      commands.add("link add %s type veth peer name pod%d".formatted(name, i));
    }
    OwnNamespace.execute(List.of("ip", "-batch", "-"), String.join("\n", commands) + "\n");
    for (var link : Links.list()) {
      queue.put(
          new AgentCommand.LinkChanged(
              new LinkEvent.Appeared(
                  new Link(link.ifindex(), link.name(), "veth", "", true, null))));
    }
  }

  private void measure(String what, String budget, IntFunction<ClusterEvent> event)
      throws InterruptedException {
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      ClusterEvent next = event.apply(i);
      long begun = System.nanoTime();
      tell(List.of(next));
      turn();
      if (i >= WARM_UP) {
        nanos[i - WARM_UP] = System.nanoTime() - begun;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "  %-32s p50 %8.3f ms  p99 %8.3f ms  max %8.3f ms   budget %s%n",
        what,
        nanos[ROUNDS / 2] / 1e6,
        nanos[ROUNDS * 99 / 100] / 1e6,
        nanos[ROUNDS - 1] / 1e6,
        budget);
    if (loop.view().hooks().size() < LOCAL_PODS) {
      throw new IllegalStateException("attached to " + loop.view().hooks().size());
    }
    loop.view()
        .trouble()
        .ifPresent(trouble -> {
          throw new IllegalStateException(trouble.text());
        });
  }

  private void tell(List<ClusterEvent> events) {
    queue.put(new AgentCommand.ClusterChanged(events));
  }

  private void turn() throws InterruptedException {
    Batch batch = queue.take(0);
    loop.doWork(batch);
  }

  private static ClusterEvent pod(int number, String node, String app) {
    return pod(number, node, Map.of("app", app, "pod-template-hash", "h" + number % 1000));
  }

  private static ClusterEvent withLabel(int number, String label, String value) {
    return pod(number, "n1", Map.of("app", "app1", label, value));
  }

  private static ClusterEvent pod(int number, String node, Map<String, String> labels) {
    String ip = "10.%d.%d.%d".formatted(number >> 16, number >> 8 & 0xff, number & 0xff);
    return new ClusterEvent.PutPod(
        new Pod(
            "ns" + number % NAMESPACES,
            "pod" + number,
            "uid" + number,
            labels,
            Map.of(),
            "default",
            node,
            false,
            Pod.Phase.RUNNING,
            List.of(ip),
            List.of(),
            null,
            false));
  }

  /** Five policies a namespace: the apps of a namespace accept each other, and a team's others. */
  private static ClusterEvent policy(int namespace, int number, int port) {
    LabelSelector peers = new LabelSelector(Map.of("app", "app" + number), List.of());
    LabelSelector databases = new LabelSelector(Map.of("tier", "db" + number), List.of());
    LabelSelector team = new LabelSelector(Map.of("team", "t" + namespace % 10), List.of());
    return new ClusterEvent.PutNetworkPolicy(
        new NetworkPolicy(
            "ns" + namespace,
            "policy" + number,
            "uid",
            "r" + port,
            LabelSelector.EVERYTHING,
            List.of("Ingress", "Egress"),
            rules(port, new NetworkPolicy.Peer(peers, team, null)),
            rules(port, new NetworkPolicy.Peer(databases, team, null))));
  }

  private static List<NetworkPolicy.Rule> rules(int port, NetworkPolicy.Peer peer) {
    NetworkPolicy.Port tcp = new NetworkPolicy.Port("TCP", IntOrString.of(port), null);
    return List.of(new NetworkPolicy.Rule(List.of(peer), List.of(tcp)));
  }
}
