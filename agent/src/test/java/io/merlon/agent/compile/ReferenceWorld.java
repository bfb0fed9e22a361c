package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.IamRole;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.VirtualLabels;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The objects of a snapshot that are not policies, indexed and understood. */
final class ReferenceWorld {
  static final String ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

  final Map<PodRef, ReferencePod> pods = new TreeMap<>();
  final Map<String, Node> nodes = new TreeMap<>();
  final Map<Address, Set<String>> nodeAddresses = new TreeMap<>();
  final List<CompileProblem> problems = new ArrayList<>();

  private final CompileOptions options;
  private final Map<String, Namespace> namespaces = new HashMap<>();
  private final Map<PodRef, IamRole> roles = new HashMap<>();

  ReferenceWorld(ClusterSnapshot snapshot, CompileOptions options) {
    this.options = options;
    for (Namespace namespace : snapshot.namespaces()) {
      namespaces.put(namespace.name(), namespace);
      if (VirtualLabels.claimsReserved(namespace.labels())) {
        problem(
            new ClusterEvent.PutNamespace(namespace).key(),
            "metadata.labels",
            "labels under " + VirtualLabels.PREFIX + " are ignored");
      }
      unknownMode(new ClusterEvent.PutNamespace(namespace).key(), namespace.annotations());
    }
    for (ServiceAccount account : snapshot.serviceAccounts()) {
      String arn = account.annotations().get(ROLE_ANNOTATION);
      if (arn != null) {
        String field = "metadata.annotations[" + ROLE_ANNOTATION + "]";
        role(
            account.namespace(),
            account.name(),
            arn,
            new ClusterEvent.PutServiceAccount(account).key(),
            field);
      }
    }
    // After the annotations: where both are there, the webhook gives the pod the association's.
    for (PodIdentityAssociation association : snapshot.podIdentityAssociations()) {
      roles.remove(new PodRef(association.namespace(), association.serviceAccount()));
      role(
          association.namespace(),
          association.serviceAccount(),
          association.roleArn(),
          new ClusterEvent.PutPodIdentityAssociation(association).key(),
          "roleArn");
    }
    for (Node node : snapshot.nodes()) {
      nodes.put(node.name(), node);
      for (String text : node.addresses()) {
        Address address = Address.parse(text);
        if (address != null) {
          nodeAddresses.computeIfAbsent(address, a -> new TreeSet<>()).add(node.name());
        }
      }
    }
    for (Pod pod : snapshot.pods()) {
      if (!pod.phase().finished()) {
        add(pod);
      }
    }
  }

  private void problem(ClusterEvent.Key object, String field, String reason) {
    problems.add(new CompileProblem(object, field, reason));
  }

  private void unknownMode(ClusterEvent.Key object, Map<String, String> annotations) {
    String asked = annotations.get(Mode.ANNOTATION);
    if (asked != null && Mode.parse(asked) == null) {
      problem(
          object,
          "metadata.annotations[" + Mode.ANNOTATION + "]",
          "unknown mode \"" + asked + "\"");
    }
  }

  private void role(
      String namespace, String account, String arn, ClusterEvent.Key object, String field) {
    IamRole role = IamRole.parse(arn);
    if (role == null) {
      problem(object, field, "not the arn of a role: \"" + arn + "\"");
    } else {
      roles.put(new PodRef(namespace, account), role);
    }
  }

  boolean isLocal(ReferencePod pod) {
    return !pod.hostNetwork() && (options.node() == null || options.node().equals(pod.node()));
  }

  private void add(Pod pod) {
    ReferencePod facts = facts(pod);
    pods.put(facts.pod(), facts);
    if (facts.hostNetwork() && facts.node() != null) {
      for (Address address : facts.addresses()) {
        nodeAddresses.computeIfAbsent(address, a -> new TreeSet<>()).add(facts.node());
      }
    }
    if (isLocal(facts)) {
      unknownMode(new ClusterEvent.PutPod(pod).key(), pod.annotations());
    }
    if (isLocal(facts) && VirtualLabels.claimsReserved(pod.labels())) {
      problem(
          new ClusterEvent.PutPod(pod).key(),
          "metadata.labels",
          "labels under " + VirtualLabels.PREFIX + " are ignored");
    }
  }

  private ReferencePod facts(Pod pod) {
    List<Address> addresses = new ArrayList<>();
    for (String text : pod.ips()) {
      Address address = Address.parse(text);
      if (address != null && !addresses.contains(address)) {
        addresses.add(address);
      }
    }
    Set<PortAnswer> ports = new TreeSet<>();
    for (Pod.ContainerPort port : pod.ports()) {
      Protocol protocol = protocol(port.protocol());
      if (port.name() != null && protocol != null) {
        ports.add(new PortAnswer(port.name(), protocol, port.port()));
      }
    }
    return new ReferencePod(
        new PodRef(pod.namespace(), pod.name()),
        pod.uid(),
        pod.node(),
        pod.hostNetwork(),
        pod.terminating() || pod.phase() == Pod.Phase.UNKNOWN,
        mode(pod),
        List.copyOf(addresses),
        List.copyOf(ports),
        identity(pod),
        workload(pod));
  }

  private static WorkloadRef workload(Pod pod) {
    Pod.Owner owner = pod.owner();
    return owner == null
        ? WorkloadRef.ofPod(new PodRef(pod.namespace(), pod.name()))
        : WorkloadRef.of(pod.namespace(), owner.kind(), owner.name(), pod.labels());
  }

  private static @Nullable Protocol protocol(String name) {
    return switch (name) {
      case "TCP" -> Protocol.TCP;
      case "UDP" -> Protocol.UDP;
      case "SCTP" -> Protocol.SCTP;
      default -> null;
    };
  }

  private Identity identity(Pod pod) {
    Namespace namespace = namespaces.get(pod.namespace());
    IamRole role = roles.get(new PodRef(pod.namespace(), pod.serviceAccount()));
    return new Identity(
        new PodRef(pod.namespace(), pod.name()),
        namespace == null ? LabelSet.EMPTY : VirtualLabels.withoutReserved(namespace.labels()),
        VirtualLabels.of(pod.labels(), pod.serviceAccount(), role),
        pod.serviceAccount(),
        role,
        Identity.spiffeId(options.trustDomain(), pod.namespace(), pod.serviceAccount()));
  }

  private Mode mode(Pod pod) {
    Namespace namespace = namespaces.get(pod.namespace());
    Mode own = Mode.parse(pod.annotations().getOrDefault(Mode.ANNOTATION, ""));
    if (own != null) {
      return own;
    }
    Mode shared =
        namespace == null
            ? null
            : Mode.parse(namespace.annotations().getOrDefault(Mode.ANNOTATION, ""));
    return shared == null ? options.defaultMode() : shared;
  }
}
