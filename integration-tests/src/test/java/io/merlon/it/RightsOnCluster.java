package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the agents may do: asked of the API server about everything it has, and of the kernel. */
class RightsOnCluster extends OnCluster {
  private static final List<String> VERBS =
      List.of(
          "get",
          "list",
          "watch",
          "create",
          "update",
          "patch",
          "delete",
          "deletecollection",
          "bind",
          "escalate",
          "impersonate",
          "approve",
          "sign",
          "use");
  private static final List<String> PATHS =
      List.of("/metrics", "/logs", "/debug/pprof", "/configz", "/openid/v1/jwks", "/anything");
  private static final Pattern RESOURCE = Pattern.compile("\"name\":\"([^\"]+)\",\"singularName\"");
  private static final Set<String> LISTED =
      Set.of(
          "pods.",
          "namespaces.",
          "nodes.",
          "services.",
          "serviceaccounts.",
          "endpointslices.discovery.k8s.io",
          "networkpolicies.networking.k8s.io",
          "clusternetworkpolicies.policy.networking.k8s.io");

  /** Where the accounts' rights are asked about: everywhere at once, and where a Role could be. */
  private static final List<String> NAMESPACES = List.of("", "merlon", "kube-system", "default");

  private static final String CAPABILITIES = "000000c000001000"; // BPF, PERFMON, NET_ADMIN

  private static final String ROLE =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: counter-proof, namespace: merlon}
      rules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: counter-proof, namespace: merlon}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: counter-proof}
      subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:merlon"}]
      """;

  RightsOnCluster() {
    super(3, "rights");
  }

  @Test
  void areThoseOfTheChartAndNoOthers() {
    release.install();
    Set<String> expected =
        new TreeSet<>(Set.of("create events.events.k8s.io", "patch events.events.k8s.io"));
    LISTED.forEach(resource -> expected.addAll(Set.of("list " + resource, "watch " + resource)));

    List<String> questions = questions();
    assertTrue(questions.size() > 500, "too few questions: " + questions.size());
    try (ApiProxy api = ApiProxy.start()) {
      Reviews reviews = new Reviews(api);
      for (String namespace : NAMESPACES) {
        Set<String> ours = reviews.allowed("merlon", "merlon", namespace, questions);
        ours.removeAll(reviews.allowed("none", "nobody", namespace, questions));
        String where = namespace.isEmpty() ? "all namespaces" : "namespace " + namespace;
        evidence.is(
            "rights beyond what every service account has, of %d asked by SubjectAccessReview, in %s"
                .formatted(questions.size(), where),
            "" + ours.size(),
            "" + expected.size());
        assertEquals(expected, ours, where);
      }
      assertEquals(
          Set.of("list secrets."),
          withRole(() -> reviews.allowed("merlon", "merlon", "merlon", List.of("list secrets."))),
          "a right in one namespace is seen");
    }

    for (String node : cluster.nodes()) {
      Map<String, String> process = release.status(node);
      for (String set : List.of("CapPrm", "CapEff", "CapBnd")) {
        assertEquals(CAPABILITIES, process.get(set), set + " on " + node);
      }
      assertEquals("0000000000000000", process.get("CapAmb"), node);
      assertEquals("1", process.get("NoNewPrivs"), node);
      assertEquals("2", process.get("Seccomp"), node);
      evidence.is(
          "capabilities of the agent on " + node,
          "" + process.get("CapPrm"),
          CAPABILITIES + ": BPF, PERFMON, NET_ADMIN");
    }
  }

  /** Each verb for each resource and subresource that the cluster has, and for some paths. */
  private List<String> questions() {
    List<String> questions = new ArrayList<>();
    Set<String> resources = new TreeSet<>(LISTED);
    for (String version : cluster.run("api-versions").succeeded().lines().toList()) {
      String[] parts = version.split("/", -1);
      String group = parts.length == 1 ? "" : parts[0];
      String path = parts.length == 1 ? "/api/" + version : "/apis/" + version;
      RESOURCE
          .matcher(cluster.run("get", "--raw", path).succeeded())
          .results()
          .forEach(found -> resources.add(found.group(1) + "." + group));
    }
    resources.addAll(Set.of("users.", "groups.", "secrets.any.example"));
    for (String resource : resources) {
      VERBS.forEach(verb -> questions.add(verb + " " + resource));
    }
    PATHS.forEach(path -> questions.add("get " + path));
    return questions;
  }

  /** What is answered while a Role of Merlon's namespace grants its accounts, as a group, more. */
  private Set<String> withRole(Supplier<Set<String>> question) {
    cluster.apply(ROLE);
    try {
      Await.seldom("the role is known", SOON, () -> !question.get().isEmpty());
      return question.get();
    } finally {
      cluster.delete(ROLE);
    }
  }
}
