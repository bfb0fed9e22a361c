package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.RandomEvents;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.datapath.Hook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Random worlds, compiled, encoded and loaded: packets of every pod to and from every peer get from
 * the programs in the kernel what the compiler says, and count to the decision that says it.
 */
class CompiledWorldKernelTest {
  /** More of them: {@code -Dmerlon.worlds=5000}. */
  private static final int WORLDS = Integer.getInteger("merlon.worlds", 300);

  /** No world of {@link RandomEvents} has more local pods with addresses. */
  private static final int LINKS = 16;

  private static final int PASS = -1;
  private static final int PASS_MARKED = 0;
  private static final int DROP = 2;

  private static final Map<Protocol, List<Integer>> PORTS =
      Map.of(
          Protocol.TCP, List.of(1, 53, 80, 81, 443, 8080, 9001, 65535),
          Protocol.UDP, List.of(53, 80, 9000),
          Protocol.SCTP, List.of(80),
          Protocol.OTHER, List.of(0));

  private static long packets;
  private static long denied;

  private final Map<SlotMeaning, Long> expected = new HashMap<>();
  private int nextPort;

  @AfterAll
  static void tell() {
    System.out.printf(
        "compiled worlds in the kernel: %,d worlds, %,d packets, %,d of them dropped%n",
        WORLDS, packets, denied);
  }

  @Test
  void theKernelSaysWhatTheCompilerSays() {
    try (TestLinks links = TestLinks.create(LINKS);
        LoadedKernel kernel = new LoadedKernel()) {
      for (int seed = 0; seed < WORLDS; seed++) {
        CompiledPolicy policy = world(seed);
        Map<PodRef, Integer> interfaces = new HashMap<>();
        for (LocalPod pod : policy.pods().values()) {
          interfaces.put(pod.pod(), links.index(interfaces.size()));
        }
        kernel.load(policy, interfaces);
        expected.clear();
        compare("seed " + seed, kernel, policy, interfaces);
        assertEquals(expected, kernel.counted(), "counters of seed " + seed);
      }
    }
  }

  private static CompiledPolicy world(int seed) {
    RandomEvents world = new RandomEvents(new Random(seed));
    List<ClusterEvent> events = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      events.add(world.next());
    }
    return new IncrementalCompiler(CompileOptions.forNode("node-a")).apply(events);
  }

  private void compare(
      String where, LoadedKernel kernel, CompiledPolicy policy, Map<PodRef, Integer> interfaces) {
    Set<Address> peers = peers(policy);
    for (LocalPod pod : policy.pods().values()) {
      int ifindex = interfaces.getOrDefault(pod.pod(), 0);
      for (Address own : pod.addresses()) {
        for (Address peer : peers) {
          if (peer.isV6() == own.isV6()) {
            for (Direction direction : directions(pod, peer)) {
              PORTS.forEach((protocol, ports) ->
                  ports.forEach(port ->
                      compare(
                          where,
                          kernel,
                          policy,
                          ifindex,
                          new Asked(pod, own, peer, direction, protocol, port))));
            }
          }
        }
      }
    }
  }

  /** What arrives from a pod's own address is forged: it reaches itself by what it sends. */
  private static List<Direction> directions(LocalPod pod, Address peer) {
    return pod.addresses().contains(peer)
        ? List.of(Direction.EGRESS)
        : List.of(Direction.EGRESS, Direction.INGRESS);
  }

  private void compare(
      String where, LoadedKernel kernel, CompiledPolicy policy, int ifindex, Asked asked) {
    Asked.Answer answer = asked.answer(policy);
    nextPort = nextPort % 20_000 + 1;
    Hook hook = asked.direction() == Direction.EGRESS ? Hook.FROM_POD : Hook.TO_POD;
    int said = kernel.run(hook, ifindex, asked.frame(40_000 + nextPort).bytes());
    int wanted = answer.isLeftOpen() ? PASS_MARKED : answer.passes() ? PASS : DROP;
    assertEquals(wanted, said, () -> where + ": " + asked + ", by " + answer);
    expected.merge(answer.by(), 1L, Long::sum);
    packets++;
    denied += said == DROP ? 1 : 0;
  }

  /** Every address that an entry could tell from another, and some that none does. */
  private static Set<Address> peers(CompiledPolicy policy) {
    Set<Address> peers = new TreeSet<>(policy.addresses().exact().keySet());
    policy
        .addresses()
        .prefixes()
        .keySet()
        .forEach(prefix -> {
          peers.add(prefix.base());
          peers.add(next(prefix.base()));
        });
    policy.pods().values().forEach(pod -> peers.addAll(pod.addresses()));
    policy.services().keySet().forEach(service -> peers.add(service.address()));
    peers.addAll(policy.nodes().keySet());
    peers.add(Address.of("8.8.8.8"));
    peers.add(Address.of("2001:db8::8"));
    return peers;
  }

  private static Address next(Address address) {
    return switch (address) {
      case Address.V4(int value) -> new Address.V4(value + 1);
      case Address.V6(long high, long low) -> new Address.V6(high, low + 1);
    };
  }
}
