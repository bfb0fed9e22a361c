package io.merlon.agent.program;

import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.policy.Tier;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.SkbContext;
import io.merlon.bpf.TestRunner;
import io.merlon.datapath.Config;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.Hook;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pods in this machine's kernel that may reach anybody, each class of peers by a rule of its own,
 * and what they send. All of them are counted apart; one at a time has the interface.
 */
final class TalkingPods implements AutoCloseable {
  /** Where in the frame it stands to whom it goes: behind Ethernet and 16 bytes of IPv4. */
  private static final int DESTINATION = 14 + 16;

  private static final Address OWN = Address.of("10.0.0.1");

  private static final int FIRST_PORT = 1024;

  /** 10.1.0.0 */
  private static final int FIRST_PEER = 0x0a010000;

  /** As the agent writes series. */
  private static final CounterNames NAMES =
      new CounterNames() {
        @Override
        public WorkloadRef owner(int subject) {
          return new WorkloadRef("shop", "Deployment", "web" + subject);
        }

        @Override
        public Optional<String> series(WorkloadRef owner, SlotMeaning meaning) {
          return Optional.of(
              String.join(
                  "\n",
                  owner.namespace(),
                  owner.kind(),
                  owner.name(),
                  "egress",
                  "ALLOWED",
                  "rule",
                  "NetworkPolicy shop/p",
                  rule(meaning)));
        }
      };

  private static String rule(SlotMeaning meaning) {
    return meaning instanceof SlotMeaning.Decided(var decision, _)
        ? Long.toHexString(decision.cookie())
        : meaning.toString();
  }

  private final KernelNode node = new KernelNode(HookKind.BEST);
  private final HostInterface at = node.addInterfaces(1).getFirst();
  private final LibbpfDatapath datapath;
  private final int peers;
  private int port;

  /** So many pods, and so many peers with a rule of their own; there are others beside them. */
  TalkingPods(int pods, int peers, Map<String, Integer> sizes) {
    this.peers = peers;
    this.datapath = node.open(sizes);
    datapath.countAs(NAMES);
    PersistentMap<PodRef, Endpoint> endpoints = PersistentMap.empty();
    PersistentMap<Integer, VerdictTable> tables = PersistentMap.empty();
    PersistentMap<Address, Integer> classes = PersistentMap.empty();
    VerdictTable table = table(peers);
    for (int pod = 0; pod < pods; pod++) {
      endpoints = endpoints.with(pod(pod), new Endpoint(pod + 1, Mode.ENFORCE, List.of(OWN)));
      tables = tables.with(pod + 1, table);
    }
    for (int peer = 0; peer < peers; peer++) {
      classes = classes.with(peer(peer), PeerClass.FIRST + peer);
    }
    DesiredState desired =
        new DesiredState(
            endpoints,
            tables,
            new AddressBook(classes, PersistentMap.empty()),
            PersistentMap.empty());
    datapath.apply(new Planner(datapath.capacities()).plan(datapath.observed(), desired));
    speaks(0);
  }

  private static VerdictTable table(int peers) {
    Map<Integer, Row> egress = new HashMap<>();
    egress.put(PeerClass.ANY, Row.of(Decision.allow(rule(peers))));
    for (int peer = 0; peer < peers; peer++) {
      egress.put(PeerClass.FIRST + peer, Row.of(Decision.allow(rule(peer))));
    }
    Row none = Row.of(Decision.deny(new DecidedBy.Forgotten()));
    return VerdictTable.of(Map.of(PeerClass.ANY, none), egress);
  }

  private static DecidedBy rule(int index) {
    PolicyRef policy = new PolicyRef(PolicyRef.Kind.NETWORK_POLICY, "shop", "p");
    return new DecidedBy.Rule(
        Tier.NETWORK_POLICY, new RuleRef(policy, Direction.EGRESS, index, null));
  }

  static PodRef pod(int number) {
    return new PodRef("shop", "web-" + number);
  }

  private static Address peer(int number) {
    return new Address.V4(FIRST_PEER + number);
  }

  HostInterface at() {
    return at;
  }

  /** The folder of pins. */
  Path root() {
    return node.root();
  }

  LibbpfDatapath datapath() {
    return datapath;
  }

  /** What is sent from now on is this pod's. */
  void speaks(int pod) {
    port = FIRST_PORT + pod; // or flows that are known would count for the pod before
    node.run(() -> datapath.bind(at, pod(pod)));
  }

  /** Sends a packet to each of the peers with rules of their own. */
  void greetAll() {
    send(0, peers, 1);
  }

  /** No flow is alive a moment later: each packet opens one. */
  void forgetFlows() {
    Config config = datapath.kernel().config().get(0).orElseThrow();
    for (FlowState state : FlowState.values()) {
      config = config.withTimeout(state, -1);
    }
    datapath.kernel().config().put(0, config);
  }

  /** Sends to each of so many peers, so often; the processor time that took, in nanoseconds. */
  long send(int first, int count, int times) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    AtomicLong busy = new AtomicLong();
    node.run(() -> {
      long begun = threads.getCurrentThreadCpuTime();
      try (TestRunner runner = datapath.kernel().program(Hook.FROM_POD).testRunner(256)) {
        runner.context(SkbContext.at(at.ifindex())).repeat(times);
        byte[] frame = new OpeningFrame(OWN, peer(0), Protocol.UDP, port, 53).bytes();
        runner.packet().put(frame);
        for (int i = first; i < first + count; i++) {
          runner.packet().putInt(DESTINATION, FIRST_PEER + i);
          runner.run(frame.length);
        }
      }
      busy.set(threads.getCurrentThreadCpuTime() - begun);
    });
    return busy.get();
  }

  @Override
  public void close() {
    datapath.close();
    node.close();
  }
}
