package io.merlon.agent.verify;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.oracle.Ip;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.program.KernelContent.Guarded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says whether what the kernel holds is what the policies say, or in what exactly it is not: for
 * every pod of the node, every peer, protocol and port, in both directions.
 */
public final class Verifier {
  private final Expectation expected;
  private final KernelReading kernel;
  private final Findings findings = new Findings();
  private final Map<PodRef, Endpoint> endpoints = new HashMap<>();

  private Verifier(ClusterSnapshot cluster, KernelContent kernel, VerifySettings settings) {
    this.expected = new Expectation(cluster, settings);
    this.kernel = new KernelReading(kernel);
    for (Guarded guarded : kernel.interfaces().values()) {
      PodRef pod = guarded.pod();
      Endpoint endpoint = guarded.endpoint();
      if (pod != null && endpoint != null) {
        endpoints.put(pod, endpoint);
      }
    }
  }

  /** Compares. */
  public static VerifyReport verify(
      ClusterSnapshot cluster, KernelContent kernel, VerifySettings settings) {
    return new Verifier(cluster, kernel, settings).verify();
  }

  /** What both sides can tell pods by. */
  private record Alike(int subject, Expectation.PodKind kind) {}

  private VerifyReport verify() {
    List<Pod> pods = expected.pods();
    Map<Alike, Pod> different = new HashMap<>();
    Set<PodRef> known = new HashSet<>();
    for (Pod pod : pods) {
      PodRef ref = new PodRef(pod.namespace(), pod.name());
      known.add(ref);
      Endpoint endpoint = endpoints.get(ref);
      if (endpoint != null) {
        compare(pod, ref, endpoint);
        different.putIfAbsent(new Alike(endpoint.subject(), expected.kind(pod)), pod);
      } else if (pod.phase() == Pod.Phase.RUNNING && !pod.ips().isEmpty()) {
        findings.add(
            Discrepancy.Kind.NOT_ENFORCED, ref, "runs here, and no interface is known as its");
      }
    }
    endpoints.forEach((ref, endpoint) -> {
      if (!known.contains(ref)) {
        forgotten(ref, endpoint);
      }
    });
    Map<String, List<Ip>> peers = new HashMap<>();
    different.forEach((alike, pod) -> {
      List<Ip> of =
          peers.computeIfAbsent(
              pod.namespace(), _ -> Peers.of(expected, kernel, expected.edges(pod).blocks()));
      new PodComparison(expected, kernel, findings, pod, alike.subject()).compare(of);
    });
    return findings.report(pods.size());
  }

  private void compare(Pod pod, PodRef ref, Endpoint endpoint) {
    if (endpoint.mode() != expected.mode(pod)) {
      findings.add(
          Discrepancy.Kind.MODE,
          ref,
          "is in mode " + endpoint.mode() + ", not " + expected.mode(pod));
    }
    List<String> missing = new ArrayList<>();
    for (String text : pod.ips()) {
      Address own = Address.parse(text);
      if (own != null && !endpoint.addresses().contains(own)) {
        missing.add(text);
      }
    }
    if (!missing.isEmpty()) {
      findings.add(Discrepancy.Kind.ADDRESSES, ref, "does not own " + String.join(", ", missing));
    }
    for (Address address : endpoint.addresses()) {
      Ip ip = Ip.parse(address.toString());
      Pod owner = ip == null ? null : expected.oracle().owner(ip);
      if (owner != null && !owner.equals(pod)) {
        findings.add(
            Discrepancy.Kind.ADDRESSES,
            ref,
            "owns " + address + ", which is of " + owner.namespace() + "/" + owner.name());
      }
    }
  }

  private static boolean allowsSomething(Row row) {
    return Stream.of(Protocol.values())
        .flatMap(protocol -> row.intervals(protocol).stream())
        .anyMatch(interval -> interval.decision().allows());
  }

  /** A pod the cluster no longer has may do nothing. */
  private void forgotten(PodRef ref, Endpoint endpoint) {
    VerdictTable table = kernel.content().tables().get(endpoint.subject());
    boolean allowed =
        table != null && table.distinctRows().stream().anyMatch(Verifier::allowsSomething);
    if (allowed) {
      findings.add(
          Discrepancy.Kind.FORGOTTEN, ref, "is not in the cluster, and may do something still");
    }
  }
}
