package io.merlon.agent.verify;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Service;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.oracle.Direction;
import io.merlon.agent.oracle.Ip;
import io.merlon.agent.oracle.Oracle;
import io.merlon.agent.oracle.Question;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the cluster's objects ask for, read by the second reading. */
final class Expectation {
  private static final Set<Ip> METADATA = Set.of(Ip.of("169.254.169.254"), Ip.of("fd00:ec2::254"));
  private static final Set<Ip> POD_IDENTITY =
      Set.of(Ip.of("169.254.170.23"), Ip.of("fd00:ec2::23"));

  private final ClusterSnapshot cluster;
  private final VerifySettings settings;
  private final Part part;
  private final Oracle oracle;
  private final Map<String, List<EndpointSlice>> slices;
  private final Map<String, List<NetworkPolicy>> networkPolicies;
  private final Map<Ip, List<Service>> servicesAt = new HashMap<>();
  private final Map<String, Oracle> byNamespace = new HashMap<>();
  private final Map<String, PolicyEdges> edges = new HashMap<>();

  Expectation(ClusterSnapshot whole, VerifySettings settings, Part part) {
    this.cluster = ClusterPart.of(whole, settings.node(), part);
    this.settings = settings;
    this.part = part;
    this.oracle = new Oracle(cluster);
    this.slices =
        cluster.endpointSlices().stream()
            .collect(Collectors.groupingBy(slice -> slice.namespace() + "/" + slice.service()));
    this.networkPolicies =
        cluster.networkPolicies().stream().collect(Collectors.groupingBy(NetworkPolicy::namespace));
    for (Service service : cluster.services()) {
      for (String text : service.addresses()) {
        Ip ip = Ip.parse(text);
        if (ip != null) {
          servicesAt.computeIfAbsent(ip, _ -> new ArrayList<>()).add(service);
        }
      }
    }
  }

  /** What is asked about. */
  Part part() {
    return part;
  }

  ClusterSnapshot cluster() {
    return cluster;
  }

  Oracle oracle() {
    return oracle;
  }

  /** The pods that are to be enforced here. */
  List<Pod> pods() {
    return cluster.pods().stream()
        .filter(pod -> settings.node().equals(pod.node()))
        .filter(pod -> !pod.hostNetwork() && !pod.phase().finished())
        .toList();
  }

  /** What a namespace's pods are judged by; other namespaces' policies are not for them. */
  private ClusterSnapshot policiesOf(String namespace) {
    return part(namespace, List.of());
  }

  private ClusterSnapshot part(String namespace, List<Service> services) {
    Set<String> names =
        services.stream().map(it -> it.namespace() + "/" + it.name()).collect(Collectors.toSet());
    return new ClusterSnapshot(
        cluster.namespaces(),
        cluster.pods(),
        cluster.serviceAccounts(),
        cluster.nodes(),
        services,
        names.stream().flatMap(name -> slices.getOrDefault(name, List.of()).stream()).toList(),
        networkPolicies.getOrDefault(namespace, List.of()),
        cluster.clusterNetworkPolicies(),
        cluster.podIdentityAssociations());
  }

  Oracle judge(Pod pod) {
    return byNamespace.computeIfAbsent(
        pod.namespace(), namespace -> oracle.reading(policiesOf(namespace)));
  }

  /** Where verdicts for a pod can change. */
  PolicyEdges edges(Pod pod) {
    return edges.computeIfAbsent(
        pod.namespace(),
        namespace -> {
          PolicyEdges own = new PolicyEdges(policiesOf(namespace));
          Stream.concat(METADATA.stream(), POD_IDENTITY.stream())
              .forEach(ip -> own.block(ip + (ip.family() == Ip.Family.V6 ? "/128" : "/32")));
          return own;
        });
  }

  /** What is said of each backend that a connection to a service may reach. */
  Set<Boolean> service(Pod pod, Question question) {
    List<Service> there = servicesAt.getOrDefault(question.to(), List.of());
    return oracle.reading(part(pod.namespace(), there)).judgeService(question);
  }

  boolean allows(Pod pod, Direction direction, Question question) {
    if (direction == Direction.EGRESS && isGuarded(pod)) {
      if (METADATA.contains(question.to())) {
        return false;
      }
      if (POD_IDENTITY.contains(question.to())) {
        return true;
      }
    }
    return judge(pod).allows(direction, question);
  }

  private boolean isGuarded(Pod pod) {
    boolean exempt = "exempt".equals(pod.annotations().get("merlon.io/metadata-guard"));
    return switch (settings.guarded()) {
      case OFF -> false;
      case ALL_PODS -> !exempt;
      case PODS_WITH_ROLE ->
          !exempt && oracle.labels(pod).containsKey("identity.merlon.io/iam-role");
    };
  }

  /** No more than audit where the glass is broken. */
  Mode mode(Pod pod) {
    return settings.breaks().mode(new PodRef(pod.namespace(), pod.name()), asked(pod));
  }

  /** When that ends by itself, in seconds since boot; 0: never. */
  int end(Pod pod) {
    return settings.breaks().end(new PodRef(pod.namespace(), pod.name()), asked(pod));
  }

  /** The pod's own annotation before its namespace's before the agent's setting. */
  private Mode asked(Pod pod) {
    String asked = pod.annotations().get(Mode.ANNOTATION);
    for (Namespace namespace : cluster.namespaces()) {
      if (asked == null && namespace.name().equals(pod.namespace())) {
        asked = namespace.annotations().get(Mode.ANNOTATION);
      }
    }
    Mode mode = asked == null ? null : Mode.parse(asked);
    return mode == null ? settings.mode() : mode;
  }

  /** Whether two pods are the same to every policy. */
  PodKind kind(Pod pod) {
    return new PodKind(pod.namespace(), oracle.labels(pod), pod.ports(), isGuarded(pod));
  }

  /** What policies can tell pods by. */
  record PodKind(
      String namespace,
      Map<String, String> labels,
      List<Pod.ContainerPort> ports,
      boolean guarded) {}
}
