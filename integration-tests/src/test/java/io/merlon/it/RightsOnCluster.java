package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
  private static final String CAPABILITIES = "000000c000001000"; // BPF, PERFMON, NET_ADMIN

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
    Set<String> everybody;
    Set<String> ours;
    try (ApiProxy api = ApiProxy.start()) {
      everybody = allowed(api, "system:serviceaccount:default:nobody", questions);
      ours = allowed(api, "system:serviceaccount:merlon:merlon", questions);
    }
    ours.removeAll(everybody);
    evidence.is("questions asked by SubjectAccessReview", "" + questions.size());
    assertTrue(questions.size() > 500, "too few questions: " + questions.size());
    assertEquals(expected, ours);
    evidence.is(
        "rights beyond what every service account has", "" + ours.size(), "" + expected.size());

    for (String node : cluster.nodes()) {
      Map<String, String> process = release.status(node);
      for (String set : List.of("CapPrm", "CapEff", "CapBnd")) {
        assertEquals(CAPABILITIES, process.get(set), set + " on " + node);
      }
      assertEquals("0000000000000000", process.get("CapAmb"), node);
      assertEquals("1", process.get("NoNewPrivs"), node);
      assertEquals("2", process.get("Seccomp"), node);
    }
    evidence.is("capabilities of the process", "BPF, PERFMON, NET_ADMIN", "no others");
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

  private Set<String> allowed(ApiProxy api, String account, List<String> questions) {
    Set<String> allowed = new TreeSet<>();
    for (String question : questions) {
      String answer =
          api.create(
              "/apis/authorization.k8s.io/v1/subjectaccessreviews", review(account, question));
      if (answer.contains("\"allowed\":true")) {
        allowed.add(question);
      } else {
        assertTrue(answer.contains("\"allowed\":false"), answer);
      }
    }
    return allowed;
  }

  private static String review(String account, String question) {
    String[] parts = question.split(" ", 2);
    String asked;
    if (parts[1].startsWith("/")) {
      asked =
          "\"nonResourceAttributes\":{\"verb\":\"%s\",\"path\":\"%s\"}"
              .formatted(parts[0], parts[1]);
    } else {
      String[] named = parts[1].split("\\.", 2);
      String[] resource = (named[0] + "/").split("/", -1);
      asked =
          "\"resourceAttributes\":{\"verb\":\"%s\",\"group\":\"%s\",\"resource\":\"%s\",\"subresource\":\"%s\"}"
              .formatted(parts[0], named[1], resource[0], resource[1]);
    }
    return """
    {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"%s",
    "groups":["system:serviceaccounts","system:authenticated"],%s}}
    """
        .formatted(account, asked);
  }
}
