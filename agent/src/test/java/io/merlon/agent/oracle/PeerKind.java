package io.merlon.agent.oracle;

import java.util.List;
import java.util.Set;

/**
 * One way to write a peer in a policy of namespace x, and which pods of the grid it means.
 *
 * @param yaml elements of a {@code from} or {@code to} list
 */
record PeerKind(String name, String yaml, Meaning meaning) {
  /** Written for each case by hand, never derived from the YAML beside it. */
  interface Meaning {
    boolean fits(Spot spot, Ip.Family family);
  }

  private static final String POD_C = "{matchLabels: {pod: c}}";
  private static final String NS_X = "{matchLabels: {ns: x}}";

  static final PeerKind BC_IN_XY =
      new PeerKind(
          "pods b, c in x, y",
          """
          {podSelector: {matchExpressions: [{key: pod, operator: In, values: [b, c]}]},
           namespaceSelector: {matchExpressions: [{key: ns, operator: In, values: [x, y]}]}}\
          """,
          (s, f) -> Set.of("b", "c").contains(s.pod()) && Set.of("x", "y").contains(s.ns()));

  static final PeerKind AB_IN_YZ =
      new PeerKind(
          "pods a, b in y, z",
          """
          {podSelector: {matchExpressions: [{key: pod, operator: In, values: [a, b]}]},
           namespaceSelector: {matchExpressions: [{key: ns, operator: In, values: [y, z]}]}}\
          """,
          (s, f) -> Set.of("a", "b").contains(s.pod()) && Set.of("y", "z").contains(s.ns()));

  static final PeerKind Z_BY_NAME =
      new PeerKind(
          "namespace by its default label",
          "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: z}}}",
          (s, f) -> s.namespace().equals("z"));

  static final PeerKind ALL_PODS =
      new PeerKind("all pods", "{namespaceSelector: {}}", (s, f) -> true);

  static final PeerKind NO_PODS =
      new PeerKind(
          "no pods",
          "{namespaceSelector: {matchLabels: {this-will-never-happen: qrs123}}}",
          (s, f) -> false);

  static final PeerKind ALL_V4 =
      new PeerKind("all of IPv4", "{ipBlock: {cidr: 0.0.0.0/0}}", (s, f) -> f == Ip.Family.V4);

  static final PeerKind NO_V4 =
      new PeerKind("no pod's IPv4", "{ipBlock: {cidr: 0.0.0.0/31}}", (s, f) -> false);

  /** The ten single peers; addresses end in the pod's place in a, b, c. */
  static List<PeerKind> singles() {
    return List.of(
        new PeerKind(
            "empty pods + nil ns", "{podSelector: {}}", (s, f) -> s.namespace().equals("x")),
        new PeerKind(
            "pods by label + nil ns",
            "{podSelector: %s}".formatted(POD_C),
            (s, f) -> s.namespace().equals("x") && s.pod().equals("c")),
        new PeerKind("nil pods + empty ns", "{namespaceSelector: {}}", (s, f) -> true),
        new PeerKind(
            "empty pods + empty ns", "{podSelector: {}, namespaceSelector: {}}", (s, f) -> true),
        new PeerKind(
            "pods by label + empty ns",
            "{podSelector: %s, namespaceSelector: {}}".formatted(POD_C),
            (s, f) -> s.pod().equals("c")),
        new PeerKind(
            "nil pods + ns by label",
            "{namespaceSelector: %s}".formatted(NS_X),
            (s, f) -> s.ns().equals("x")),
        new PeerKind(
            "empty pods + ns by label",
            "{podSelector: {}, namespaceSelector: %s}".formatted(NS_X),
            (s, f) -> s.ns().equals("x")),
        new PeerKind(
            "pods by label + ns by label",
            "{podSelector: %s, namespaceSelector: %s}".formatted(POD_C, NS_X),
            (s, f) -> s.ns().equals("x") && s.pod().equals("c")),
        new PeerKind(
            "simple ipblock",
            "{ipBlock: {cidr: 10.1.3.3/24}}, {ipBlock: {cidr: \"fd00:1::3:3/112\"}}",
            (s, f) -> s.namespace().equals("z")),
        new PeerKind(
            "ipblock with except",
            """
            {ipBlock: {cidr: 10.1.3.0/24, except: [10.1.3.2/31]}},
            {ipBlock: {cidr: "fd00:1::3:0/112", except: ["fd00:1::3:2/127"]}}\
            """,
            (s, f) -> s.namespace().equals("z") && s.pod().equals("a")));
  }
}
