package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.ServiceAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a snapshot says of addresses and labels, read once so that the judging can be slow. */
final class Facts {
  private static final String OURS = "identity.merlon.io/";
  private static final Pattern ROLE =
      Pattern.compile("arn:[a-z-]+:iam::(\\d{12}):role/(?:.+/)?([^/]+)");

  private final Map<Ip, Pod> owners = new HashMap<>();
  private final Map<String, List<Ip>> nodeAddresses = new HashMap<>();
  private final Map<String, Map<String, String>> namespaceLabels = new HashMap<>();
  private final IdentityHashMap<Pod, Map<String, String>> podLabels = new IdentityHashMap<>();
  private final IdentityHashMap<LabelSelector, Boolean> validity = new IdentityHashMap<>();
  private final Map<String, Optional<Cidr>> cidrs = new HashMap<>();
  private final ClusterSnapshot cluster;

  Facts(ClusterSnapshot cluster) {
    this.cluster = cluster;
    for (Namespace namespace : cluster.namespaces()) {
      namespaceLabels.put(namespace.name(), withoutOurs(namespace.labels()));
    }
    for (Node node : cluster.nodes()) {
      nodeAddresses.put(node.name(), ips(node.addresses()));
    }
    for (Pod pod : cluster.pods()) {
      podLabels.put(pod, labelsOf(pod));
      // NP-26: a finished pod has lost its address. NP-18: on the host network it is its node's.
      if (!pod.phase().finished() && !pod.hostNetwork()) {
        ips(pod.ips()).forEach(ip -> owners.put(ip, pod));
      }
    }
  }

  private static List<Ip> ips(List<String> texts) {
    List<Ip> ips = new ArrayList<>();
    for (String text : texts) {
      Ip ip = Ip.parse(text);
      if (ip != null) {
        ips.add(ip);
      }
    }
    return ips;
  }

  /** The running pod, not on the host network, that has this address. */
  @Nullable Pod owner(Ip ip) {
    return owners.get(ip);
  }

  List<Ip> nodeAddresses(@Nullable String node) {
    return node == null ? List.of() : nodeAddresses.getOrDefault(node, List.of());
  }

  Map<String, String> namespaceLabels(String namespace) {
    return namespaceLabels.getOrDefault(namespace, Map.of());
  }

  Map<String, String> podLabels(Pod pod) {
    return podLabels.getOrDefault(pod, Map.of());
  }

  /** An unparsable selector matches nothing; who must not lose by that asks {@link #valid}. */
  boolean matches(LabelSelector selector, Map<String, String> labels) {
    return valid(selector) && Labels.match(selector, labels);
  }

  boolean valid(LabelSelector selector) {
    return validity.computeIfAbsent(selector, Labels::valid);
  }

  @Nullable Cidr cidr(String text) {
    return cidrs.computeIfAbsent(text, t -> Optional.ofNullable(Cidr.parse(t))).orElse(null);
  }

  /** Attested facts take the place of anything a pod claims under their prefix. */
  private Map<String, String> labelsOf(Pod pod) {
    Map<String, String> labels = new HashMap<>(withoutOurs(pod.labels()));
    labels.put(OURS + "service-account", pod.serviceAccount());
    String arn = roleArn(pod);
    Matcher role = ROLE.matcher(arn == null ? "" : arn);
    if (role.matches()) {
      labels.put(OURS + "aws-account", role.group(1));
      labels.put(OURS + "iam-role", role.group(2));
    }
    return labels;
  }

  /**
   * Where there is an association EKS gives a pod its role and no other: the admission webhook asks
   * for container credentials first (aws/amazon-eks-pod-identity-webhook, buildPodPatchConfig).
   */
  private @Nullable String roleArn(Pod pod) {
    for (PodIdentityAssociation association : cluster.podIdentityAssociations()) {
      if (association.namespace().equals(pod.namespace())
          && association.serviceAccount().equals(pod.serviceAccount())) {
        return association.roleArn();
      }
    }
    for (ServiceAccount account : cluster.serviceAccounts()) {
      if (account.namespace().equals(pod.namespace())
          && account.name().equals(pod.serviceAccount())) {
        return account.annotations().get("eks.amazonaws.com/role-arn");
      }
    }
    return null;
  }

  private static Map<String, String> withoutOurs(Map<String, String> labels) {
    Map<String, String> rest = new HashMap<>(labels);
    rest.keySet().removeIf(key -> key.startsWith(OURS));
    return rest;
  }
}
