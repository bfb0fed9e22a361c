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
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says whether what the kernel holds is what the policies say, or in what exactly it is not: for
 * every pod of the node, every peer, protocol and port, in both directions.
 */
public final class Verifier {
  /** In seconds: two readings of when the node was booted may differ by so much. */
  private static final int CLOCKS = 4;

  private final Part part;
  private final Expectation expected;
  private final KernelReading kernel;
  private final Findings findings = new Findings();
  private final Map<PodRef, Endpoint> endpoints = new HashMap<>();
  private final Map<PodRef, HostInterface> open = new HashMap<>();

  private Verifier(
      ClusterSnapshot cluster, KernelContent kernel, VerifySettings settings, Part part) {
    this.part = part;
    this.expected = new Expectation(cluster, settings, part);
    this.kernel = new KernelReading(kernel);
    kernel
        .interfaces()
        .forEach((at, guarded) -> {
          PodRef pod = guarded.pod();
          Endpoint endpoint = guarded.endpoint();
          if (pod != null && endpoint != null) {
            endpoints.put(pod, endpoint);
          } else if (pod != null) {
            open.put(pod, at);
          }
        });
  }

  /** Compares. */
  public static VerifyReport verify(
      ClusterSnapshot cluster, KernelContent kernel, VerifySettings settings) {
    return verify(cluster, kernel, settings, Part.ALL);
  }

  /** Compares a part. */
  public static VerifyReport verify(
      ClusterSnapshot cluster, KernelContent kernel, VerifySettings settings, Part part) {
    return new Verifier(cluster, kernel, settings, part).verify();
  }

  /** What both sides can tell pods by. */
  private record Alike(int subject, Expectation.PodKind kind) {}

  private VerifyReport verify() {
    long began = System.nanoTime();
    List<Pod> pods = expected.pods().stream().sorted(Comparator.comparing(Verifier::ref)).toList();
    Map<Alike, Pod> different = new LinkedHashMap<>();
    Set<PodRef> known = new HashSet<>();
    for (Pod pod : pods) {
      PodRef ref = ref(pod);
      known.add(ref);
      Endpoint endpoint = endpoints.get(ref);
      if (endpoint != null) {
        compare(pod, ref, endpoint);
        different.putIfAbsent(new Alike(endpoint.subject(), expected.kind(pod)), pod);
      }
      boolean runs = pod.phase() == Pod.Phase.RUNNING && !pod.ips().isEmpty();
      HostInterface notEnforced = open.get(ref);
      if (runs && notEnforced != null) {
        findings.add(
            Discrepancy.Kind.NOT_ENFORCED, ref, "has no endpoint at its " + notEnforced.name());
      } else if (runs && endpoint == null) {
        findings.add(
            Discrepancy.Kind.NOT_ENFORCED, ref, "runs here, and no interface is known as its");
      }
    }
    endpoints.forEach((ref, endpoint) -> {
      if (!known.contains(ref)) {
        forgotten(ref, endpoint);
      }
    });
    return findings.report(pods.size(), compare(different, began));
  }

  private static PodRef ref(Pod pod) {
    return new PodRef(pod.namespace(), pod.name());
  }

  /** The pod it came to before its time was over, null if it came through. */
  private @Nullable PodRef compare(Map<Alike, Pod> different, long began) {
    Map<String, List<Ip>> peers = new HashMap<>();
    PodRef reached = null;
    for (var entry : different.entrySet()) {
      Pod pod = entry.getValue();
      if (part.has(ref(pod))) {
        if (reached != null && System.nanoTime() - began > part.atMost().toNanos()) {
          return reached;
        }
        List<Ip> of =
            peers.computeIfAbsent(
                pod.namespace(), _ -> Peers.of(expected, kernel, expected.edges(pod).blocks()));
        new PodComparison(expected, kernel, findings, pod, entry.getKey().subject()).compare(of);
        reached = ref(pod);
      }
    }
    return null;
  }

  private void compare(Pod pod, PodRef ref, Endpoint endpoint) {
    if (endpoint.mode() != expected.mode(pod)) {
      findings.add(
          Discrepancy.Kind.MODE,
          ref,
          "is in mode " + endpoint.mode() + ", not " + expected.mode(pod));
    }
    int end = expected.end(pod);
    if (Math.abs((long) endpoint.end() - end) > CLOCKS) {
      findings.add(
          Discrepancy.Kind.MODE,
          ref,
          "is enforced again at second %d since boot, not %d (0: never by itself)"
              .formatted(endpoint.end(), end));
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
