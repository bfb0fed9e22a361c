package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.watch.SourceMap.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestFolderTest {
  private static final String POLICY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: NAME, namespace: shop}
      spec:
        podSelector: {}
      """;

  @TempDir Path root;
  private Folder folder;

  @BeforeEach
  void setUp() {
    folder = new Folder(root);
  }

  private static String policy(String name) {
    return POLICY.replace("NAME", name);
  }

  private static List<String> policies(FolderContents contents) {
    return contents.snapshot().networkPolicies().stream()
        .map(NetworkPolicy::name)
        .sorted()
        .toList();
  }

  @Test
  void readsTheManifestsFromTheFieldAsWritten() {
    folder.write(
        "payments.yaml",
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: default-deny, namespace: payments}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow-frontend, namespace: payments}
        spec:
          podSelector: {matchLabels: {app: payments-api}}
          ingress:
          - from: [{namespaceSelector: {matchLabels: {name: frontend}}}]
            ports: [{protocol: TCP, port: 8080}]
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: payments-api
          namespace: payments
          annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/payments-irsa-role"}
        ---
        apiVersion: vpcresources.k8s.aws/v1beta1
        kind: SecurityGroupPolicy
        metadata: {name: payments-sg-policy, namespace: payments}
        spec:
          podSelector: {matchLabels: {app: payments-api}}
          securityGroups: {groupIds: [sg-0123456789abcdef0]}
        ---
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: {name: lockdown-api-ingress}
        spec:
          endpointSelector: {matchLabels: {app: core-api-server}}
        """);
    FolderContents contents = folder.read();
    ClusterSnapshot snapshot = contents.snapshot();
    assertEquals(List.of("allow-frontend", "default-deny"), policies(contents));
    assertEquals(
        Map.of("eks.amazonaws.com/role-arn", "arn:aws:iam::123456789012:role/payments-irsa-role"),
        snapshot.serviceAccounts().iterator().next().annotations());
    assertEquals(
        Map.of("kubernetes.io/metadata.name", "payments"),
        snapshot.namespaces().iterator().next().labels());
    assertFalse(contents.hasErrors());
    assertEquals(
        List.of(
            "payments.yaml:22: note: vpcresources.k8s.aws/v1beta1 SecurityGroupPolicy"
                + " payments-sg-policy: ignored: no kind that is read",
            "payments.yaml:29: warning: cilium.io/v2 CiliumNetworkPolicy lockdown-api-ingress:"
                + " ignored: no kind that is read"),
        folder.problems());
  }

  @Test
  void findsFilesAtAnyDepthAndLeavesOthersAlone() {
    folder
        .write("a.yaml", policy("a"))
        .write("b/c/d.yml", policy("d"))
        .write(
            "b/e.json",
            """
            \t{"apiVersion":"networking.k8s.io/v1",
            \t"kind":"NetworkPolicy","metadata":{"name":"e"},"spec":{}}
            """)
        .write(".git/f.yaml", policy("f"))
        .write("b/.g.yaml", policy("g"))
        .write("README.md", "not: yaml: at: all");
    FolderContents contents = folder.read();
    assertEquals(List.of("a", "d", "e"), policies(contents));
    assertEquals(List.of(), contents.problems());
    assertEquals(
        List.of("default", "shop"), Folder.namespaceNames(contents.snapshot().namespaces()));
  }

  @Test
  void readsASingleFile() {
    folder.write("a.yaml", policy("a")).write("b.yaml", policy("b"));
    assertEquals(List.of("a"), policies(ManifestFolder.read(root.resolve("a.yaml"))));
  }

  @Test
  void expandsLists() {
    folder.write(
        "list.yaml",
        """
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {}}
        - apiVersion: networking.k8s.io/v1
          kind: NetworkPolicyList
          items:
          - apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: b}
            spec: {egress: []}
        - {kind: Orphan}
        """);
    FolderContents contents = folder.read();
    assertEquals(List.of("a", "b"), policies(contents));
    assertEquals(
        Optional.of(new Place(root.resolve("list.yaml"), 11)),
        contents.sources().place(Folder.key(Kind.NETWORK_POLICY, "default", "b"), "spec.egress"));
    assertEquals(
        List.of("list.yaml:12: error: not a Kubernetes object: it lacks apiVersion or kind"),
        folder.problems());
  }

  @Test
  void oneBrokenDocumentCostsOnlyItself() {
    folder
        .write("a.yaml", policy("a") + "---\nspec: [unclosed\n--- # next\n" + policy("b"))
        .write("b.yaml", "\tapiVersion: v1\n")
        .write("c.json", "{\n\"apiVersion\": oops}")
        .write("d.json", "{\"apiVersion\":\"v1\"")
        .write("e.yaml", "{{ .Values.policy }}\n")
        .write("values.yaml", "replicas: 3\n");
    FolderContents contents = folder.read();
    assertEquals(List.of("a", "b"), policies(contents));
    List<String> problems = folder.problems();
    assertEquals(6, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith("a.yaml:8: error: cannot be parsed: "), problems::toString);
    assertTrue(
        problems.get(1).startsWith("b.yaml:1: error: cannot be parsed: "), problems::toString);
    assertTrue(
        problems.get(2).startsWith("c.json:2: error: cannot be parsed: "), problems::toString);
    assertTrue(
        problems.get(3).startsWith("d.json:1: error: cannot be parsed: "), problems::toString);
    assertTrue(problems.get(4).startsWith("e.yaml:1: "), problems::toString);
    assertEquals(
        "values.yaml:1: note: not a Kubernetes object: it lacks apiVersion or kind",
        problems.get(5));
  }

  @Test
  void refusesAnObjectThatTheApiServerWouldRefuseAndSaysWhere() {
    folder
        .write(
            "a.yaml",
            policy("good")
                + """
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: bad, namespace: shop, labels: {version: 1.10, debug: yes}}
                spec:
                  podSelector:
                    matchLabels:
                      tier: on
                  ingress:
                  - ports:
                    - port: 80
                      endPort: "90"
                """)
        .write("b.yaml", policy("Bad_Name"))
        .write("c.yaml", policy("").replace("name: ,", ""));
    assertEquals(List.of("good"), policies(folder.read()));
    assertEquals(
        List.of(
            "a.yaml:9: error: NetworkPolicy shop/bad: metadata.labels.debug:"
                + " expected a string, found the boolean yes",
            "a.yaml:9: error: NetworkPolicy shop/bad: metadata.labels.version:"
                + " expected a string, found the number 1.10",
            "a.yaml:13: error: NetworkPolicy shop/bad: spec.podSelector.matchLabels.tier:"
                + " expected a string, found the boolean on",
            "a.yaml:17: error: NetworkPolicy shop/bad: spec.ingress[0].ports[0].endPort:"
                + " expected an integer, found the string 90",
            "b.yaml:1: error: NetworkPolicy shop/Bad_Name: metadata.name Bad_Name is not a valid name",
            "c.yaml:1: error: NetworkPolicy shop/: required field metadata.name is missing"),
        folder.problems());
  }

  @Test
  void warnsOfUnknownAndRepeatedFieldsAndOtherVersions() {
    folder
        .write(
            "a.yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: a, lables: {}}
            spec:
              podSelector: {}
              podSelector: {matchLabels: {app: b}}
              ingres: []
            """)
        .write("b.yaml", policy("b").replace("networking.k8s.io/v1", "extensions/v1beta1"))
        .write(
            "c.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              hostNetwrok: true
              containers: [{name: c, image: i, port: []}]
            """);
    FolderContents contents = folder.read();
    assertEquals(
        Map.of("app", "b"),
        Optional.ofNullable(contents.snapshot().networkPolicies().iterator().next().podSelector())
            .orElseThrow()
            .matchLabels());
    assertEquals(
        List.of(
            "a.yaml:3: warning: NetworkPolicy default/a: metadata.lables: unknown field",
            "a.yaml:6: warning: NetworkPolicy default/a: spec.podSelector:"
                + " given twice, the last one counts",
            "a.yaml:7: warning: NetworkPolicy default/a: spec.ingres: unknown field",
            "b.yaml:1: warning: extensions/v1beta1 NetworkPolicy b:"
                + " ignored: this kind is read as networking.k8s.io/v1",
            "c.yaml:5: warning: Pod default/p: spec.hostNetwrok: unknown field",
            "c.yaml:6: warning: Pod default/p: spec.containers[0].port: unknown field"),
        folder.problems());
  }

  @Test
  void theLastOfTwoObjectsOfOneNameWinsAndTheFirstIsReported() {
    String pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";
    folder
        .write("a.yaml", policy("a"))
        .write("b.yaml", policy("a").replace("podSelector: {}", "egress: []"))
        .write("c.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
        .write(
            "d.yaml",
            "# the same once more\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
        .write("e.yaml", pod + "---\n" + pod);
    FolderContents contents = folder.read();
    assertEquals(List.of(), contents.snapshot().networkPolicies().iterator().next().egress());
    assertEquals(
        List.of(
            "b.yaml:1: error: NetworkPolicy shop/a: replaces the object of the same name at a.yaml:1",
            "d.yaml:2: note: Namespace shop: replaces the object of the same name at c.yaml:1",
            "e.yaml:5: error: Pod default/p: replaces the object of the same name at e.yaml:1"),
        folder.problems());
  }

  @Test
  void understandsAnchorsMergesTagsAndMarks() {
    folder.write(
        "a.yaml",
        """
        \uFEFF%YAML 1.1\r
        ---\r
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: a}
        spec:
          podSelector: &all {matchLabels: &labels {app: x}}
          ingress:
          - from:
            - podSelector: *all
            - podSelector: {matchLabels: {<<: *labels, app: !!str 80, tier: '8'}}
            ports: [{port: 0x50}, {port: 0120}, {port: "80"}, {port: 8_0}]
        """);
    NetworkPolicy policy = folder.read().snapshot().networkPolicies().iterator().next();
    assertEquals(List.of(), folder.problems());
    NetworkPolicy.Rule rule = Optional.ofNullable(policy.ingress()).orElseThrow().getFirst();
    assertEquals(
        List.of(Map.of("app", "x"), Map.of("app", "80", "tier", "8")),
        Optional.ofNullable(rule.peers()).orElseThrow().stream()
            .map(peer -> Optional.ofNullable(peer.podSelector()).orElseThrow().matchLabels())
            .toList());
    assertEquals(
        "[Int[value=80], Int[value=80], Str[value=80], Int[value=80]]",
        Optional.ofNullable(rule.ports()).orElseThrow().stream()
            .map(NetworkPolicy.Port::port)
            .toList()
            .toString());
  }

  @Test
  void survivesHostileNesting() {
    folder
        .write("a.yaml", "a: ".repeat(3) + "[".repeat(100_000))
        .write(
            "b.yaml",
            """
            a: &a [*a]
            kind: NetworkPolicy
            apiVersion: networking.k8s.io/v1
            metadata: &m {name: x, labels: *m}
            """)
        .write("c.yaml", policy("c"));
    FolderContents contents = folder.read();
    assertEquals(List.of("c"), policies(contents));
    assertTrue(contents.hasErrors());
  }

  @Test
  void reportsWhatCannotBeRead() throws IOException {
    Files.write(root.resolve("latin.yaml"), "name: é".getBytes(StandardCharsets.ISO_8859_1));
    Files.createSymbolicLink(root.resolve("loop"), root);
    Files.createSymbolicLink(root.resolve("dangling.yaml"), root.resolve("nothing"));
    folder.write("a.yaml", policy("a"));
    assertEquals(List.of("a"), policies(folder.read()));
    List<String> problems = folder.problems();
    assertEquals(3, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("dangling.yaml: error: cannot"), problems::toString);
    assertTrue(problems.get(1).startsWith("latin.yaml: error: not UTF-8"), problems::toString);
    assertTrue(problems.get(2).startsWith("loop: error: cannot be read: "), problems::toString);
    assertTrue(ManifestFolder.read(root.resolve("absent")).hasErrors());
  }

  @Test
  void knowsTheLineOfEveryField() {
    folder.write(
        "dir/a.yaml",
        "# a comment\n"
            + policy("a")
            + """
            ---

            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: b
              namespace: shop
              labels:
                app.kubernetes.io/name: b
            spec:
              podSelector:
                matchLabels: {app: b}
              ingress:
              - from:
                - podSelector: {}
                - namespaceSelector:
                    matchLabels:
                      name: x
                ports:
                - port: 80
            """);
    SourceMap sources = folder.read().sources();
    Path file = root.resolve("dir/a.yaml");
    var a = Folder.key(Kind.NETWORK_POLICY, "shop", "a");
    var b = Folder.key(Kind.NETWORK_POLICY, "shop", "b");
    assertEquals(Optional.of(new Place(file, 2)), sources.place(a));
    assertEquals(Optional.of(new Place(file, 6)), sources.place(a, "spec.podSelector"));
    assertEquals(Optional.of(new Place(file, 9)), sources.place(b));
    assertEquals(
        Optional.of(new Place(file, 15)),
        sources.place(b, "metadata.labels[app.kubernetes.io/name]"));
    assertEquals(
        Optional.of(new Place(file, 24)),
        sources.place(b, "spec.ingress[0].from[1].namespaceSelector.matchLabels.name"));
    assertEquals(
        Optional.of(new Place(file, 26)), sources.place(b, "spec.ingress[0].ports[0].port"));
    // What is not there stands where it would have to be added.
    assertEquals(
        Optional.of(new Place(file, 26)), sources.place(b, "spec.ingress[0].ports[0].endPort"));
    assertEquals(Optional.of(new Place(file, 16)), sources.place(b, "spec.policyTypes"));
    assertEquals(Optional.empty(), sources.place(Folder.key(Kind.POD, "shop", "a")));
    assertEquals(Optional.empty(), sources.place(Folder.key(Kind.NAMESPACE, "", "shop")));
  }

  @Test
  void readsFiveThousandFiles() {
    for (int i = 0; i < 5_000; i++) {
      folder.write("d" + i % 50 + "/p" + i + ".yaml", i % 100 == 0 ? "a: [" : policy("p" + i));
    }
    FolderContents contents = folder.read();
    assertEquals(4_950, contents.snapshot().networkPolicies().size());
    assertEquals(50, contents.problems().size());
  }
}
