package io.merlon.agent.lab;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.Census;
import io.merlon.agent.explain.End;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a folder as network namespaces, the real agent on each of its nodes, and somebody
 * listening on every port asked about. It follows the folder from one {@link #settle} to the next.
 */
public final class Lab implements AutoCloseable {
  private static final Duration ENFORCED_WITHIN = Duration.ofSeconds(60);
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);

  private final LabNode.Site site;
  private final Map<String, LabNode> nodes = new HashMap<>();
  private final Listeners listeners = new Listeners();
  private Map<PodRef, LabPod> pods = Map.of();
  private int made;

  /**
   * A lab without pods, for now.
   *
   * @param own a folder with a BPF file system in {@code bpf}, see {@link Enclosure#furnish}
   */
  public Lab(Path own, Path manifests) {
    this.site = new LabNode.Site(new Fabric(), new LabSource(own, manifests), own);
  }

  /** Whether a port of that protocol can be tried. */
  public static boolean canTry(PortSpec port) {
    return port.protocol() == Protocol.TCP || port.protocol() == Protocol.UDP;
  }

  /**
   * Becomes what the folder now says.
   *
   * @param ports where every pod listens
   * @return how long it took until every node's agent enforced it
   */
  public Duration settle(ClusterSnapshot cluster, Collection<PortSpec> ports) {
    Map<LabNode.Described, Set<LabNode.PodDescribed>> wanted = Layout.of(cluster);
    long begun = System.nanoTime();
    String round = site.source().nextRound();
    clear(wanted);
    wanted.forEach((described, there) -> node(described).add(there));
    Map<PodRef, LabPod> all = new HashMap<>();
    nodes.values().forEach(node -> all.putAll(node.pods()));
    pods = Map.copyOf(all);
    listen(cluster, ports);
    await(round);
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private LabNode node(LabNode.Described described) {
    return nodes.computeIfAbsent(
        described.name(),
        _ -> {
          made++;
          return LabNode.create(described, made, site);
        });
  }

  /** Takes away what is gone or other now, before anything takes its place. */
  private void clear(Map<LabNode.Described, Set<LabNode.PodDescribed>> wanted) {
    for (LabNode node : List.copyOf(nodes.values())) {
      Set<LabNode.PodDescribed> pods = wanted.get(node.described());
      if (pods == null) {
        node.close();
        nodes.remove(node.described().name());
      } else {
        node.keepOnly(pods);
      }
    }
  }

  private void listen(ClusterSnapshot cluster, Collection<PortSpec> ports) {
    Set<Listeners.Place> places = new HashSet<>();
    for (End pod : Census.pods(cluster)) {
      LabPod at = pods.get(Objects.requireNonNull(pod.pod()));
      if (at != null) {
        pod.addresses().forEach(address -> places.addAll(places(at, address, ports)));
      }
    }
    listeners.set(places);
  }

  private static List<Listeners.Place> places(
      LabPod pod, Address address, Collection<PortSpec> ports) {
    return ports.stream()
        .filter(Lab::canTry)
        .map(port -> new Listeners.Place(pod.namespace(), address, port.protocol(), port.port()))
        .toList();
  }

  private void await(String round) {
    long end = System.nanoTime() + ENFORCED_WITHIN.toNanos();
    for (LabNode node : nodes.values()) {
      while (!node.agent().enforces(round, node.enforced())) {
        if (System.nanoTime() > end) {
          throw new LabException(
              "the agent of %s did not enforce the folder within %d s: %s"
                  .formatted(
                      node.described().name(), ENFORCED_WITHIN.toSeconds(), node.agent().said()));
        }
        LockSupport.parkNanos(STEP);
      }
    }
  }

  /** Tries each of these cells with real packets. */
  public List<Trial> run(CompiledPolicy policy, List<Cell> cells) {
    List<Attempt.Task> tasks = cells.stream().map(cell -> task(policy, cell)).toList();
    List<Outcome> outcomes = Prober.run(tasks);
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      trials.add(new Trial(cells.get(i), tasks.get(i).expected(), outcomes.get(i)));
    }
    return trials;
  }

  private Attempt.Task task(CompiledPolicy policy, Cell cell) {
    PodRef from = cell.from().pod();
    LabPod source = from == null ? null : pods.get(from);
    Address own = cell.from().address(cell.v6());
    Address to = cell.to().address(cell.v6());
    if (source == null || own == null || to == null) {
      throw new LabException("nobody in the lab is " + cell.from());
    }
    boolean expected =
        passes(policy, from, cell.answer().egress())
            && passes(policy, cell.to().pod(), cell.answer().ingress());
    PortSpec port = cell.port();
    return new Attempt.Task(source.namespace(), own, to, port.protocol(), port.port(), expected);
  }

  private static boolean passes(CompiledPolicy policy, @Nullable PodRef pod, Decision decision) {
    LocalPod local = pod == null ? null : policy.pods().get(pod);
    return decision.allows() || (local != null && local.mode() != Mode.ENFORCE);
  }

  /** Opens a connection that lasts. */
  public Conversation converse(PodRef from, Address to, int port) {
    return Conversation.open(Objects.requireNonNull(pods.get(from)).namespace(), to, port);
  }

  public Set<String> nodes() {
    return Set.copyOf(nodes.keySet());
  }

  /** What the agent of a node serves under a path. */
  public String status(String node, String path) {
    return Objects.requireNonNull(nodes.get(node), node).agent().get(path);
  }

  @Override
  public void close() {
    listeners.close();
    nodes.values().forEach(LabNode::close);
    site.fabric().close();
  }
}
