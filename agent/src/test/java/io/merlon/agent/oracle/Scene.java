package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A hand-written cluster, changed step by step, and what is expected of one engine over it. */
final class Scene {
  private final PolicyEngine engine;
  private final List<ClusterEvent> events = new ArrayList<>();
  private @Nullable Judge judge;
  private int judged;

  Scene(PolicyEngine engine) {
    this.engine = engine;
  }

  /**
   * Namespaces x, y and z with pods a, b and c each, every pod serving ports 80 and 81 of every
   * protocol by number and by name, on three nodes and in both families.
   */
  static Scene grid(PolicyEngine engine) {
    Scene scene = new Scene(engine);
    for (int i = 1; i <= 3; i++) {
      scene.apply(
          """
          {kind: Node, metadata: {name: n%1$d}, status: {addresses: [
            {address: 10.0.0.%1$d}, {address: "fd00:0:0:1::%1$d"}]}}
          """
              .formatted(i));
    }
    for (int n = 0; n < 3; n++) {
      String namespace = "xyz".substring(n, n + 1);
      scene.namespace(namespace, Map.of("ns", namespace));
      for (int p = 0; p < 3; p++) {
        scene.gridPod(namespace, "abc".substring(p, p + 1), n + 1, p + 1);
      }
    }
    return scene;
  }

  Scene gridPod(String namespace, String name, int n, int p) {
    List<String> ports = new ArrayList<>();
    for (String protocol : List.of("TCP", "UDP", "SCTP")) {
      for (int port : List.of(80, 81)) {
        ports.add(
            "{name: serve-%1$d-%2$s, containerPort: %1$d, protocol: %3$s}"
                .formatted(port, protocol.toLowerCase(java.util.Locale.ROOT), protocol));
      }
    }
    return apply(
        """
        {kind: Pod, metadata: {namespace: %1$s, name: %2$s, labels: {pod: %2$s}},
         spec: {nodeName: n%4$d, containers: [{ports: [%5$s]}]},
         status: {phase: Running, podIPs: [{ip: 10.1.%3$d.%4$d}, {ip: "fd00:1::%3$d:%4$d"}]}}
        """
            .formatted(namespace, name, n, p, String.join(", ", ports)));
  }

  /** Adds or replaces objects, written as manifests. */
  Scene apply(String yaml) {
    events.addAll(Manifests.read(yaml));
    return this;
  }

  Scene namespace(String name, Map<String, String> labels) {
    Map<String, String> all = new java.util.TreeMap<>(labels);
    all.put("kubernetes.io/metadata.name", name);
    events.add(new ClusterEvent.PutNamespace(new Namespace(name, all, Map.of())));
    return this;
  }

  /** A NetworkPolicy; {@code spec} is YAML. */
  Scene policy(String namespace, String name, String spec) {
    Fields fields = Fields.of(Manifests.parse(spec).iterator().next());
    events.add(
        new ClusterEvent.PutNetworkPolicy(PolicyManifests.networkPolicy(namespace, name, fields)));
    return this;
  }

  /** A ClusterNetworkPolicy; {@code spec} is YAML. */
  Scene tier(String name, String spec) {
    Fields fields = Fields.of(Manifests.parse(spec).iterator().next());
    events.add(
        new ClusterEvent.PutClusterNetworkPolicy(
            PolicyManifests.clusterNetworkPolicy(name, fields)));
    return this;
  }

  Scene remove(Kind kind, String namespace, String name) {
    events.add(new ClusterEvent.Gone(new ClusterEvent.Key(kind, namespace, name)));
    return this;
  }

  Scene labels(String namespace, String name, Map<String, String> labels) {
    Pod p = pod(namespace + "/" + name);
    events.add(
        new ClusterEvent.PutPod(
            new Pod(
                p.namespace(),
                p.name(),
                p.uid(),
                labels,
                p.annotations(),
                p.serviceAccount(),
                p.node(),
                p.hostNetwork(),
                p.phase(),
                p.ips(),
                p.ports(),
                p.owner(),
                p.terminating())));
    return this;
  }

  private Pod pod(String name) {
    return cluster().pods().stream()
        .filter(pod -> name(pod).equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no pod " + name));
  }

  /** Every pair of pods in each family: allowed, but for what the exceptions say, in order. */
  Scene reach(Protocol protocol, int port, String... exceptions) {
    Reach expected = new Reach(exceptions);
    ask(List.of(protocol), List.of(port), (from, to, question) -> expected.allowed(from, to));
    return this;
  }

  /** What is expected of one pair of pods. */
  interface Expectation {
    boolean allowed(Pod from, Pod to, Question question);
  }

  /** Every pair of pods in each family, every protocol, these ports. */
  void check(List<Integer> ports, Expectation expected) {
    ask(List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP), ports, expected);
    ask(List.of(Protocol.OTHER), List.of(0), expected);
  }

  private void ask(List<Protocol> protocols, List<Integer> ports, Expectation expected) {
    Judge answers = judge();
    for (Pod from : cluster().pods()) {
      for (Pod to : cluster().pods()) {
        for (Protocol protocol : protocols) {
          for (int port : ports) {
            for (Question question : questions(from, to, protocol, port)) {
              assertEquals(
                  expected.allowed(from, to, question),
                  answers.judge(question).allowed(),
                  () -> name(from) + " -> " + name(to) + ": " + question);
            }
          }
        }
      }
    }
  }

  private static List<Question> questions(Pod from, Pod to, Protocol protocol, int port) {
    List<Question> questions = new ArrayList<>();
    for (String source : from.ips()) {
      for (String destination : to.ips()) {
        Question question = new Question(Ip.of(source), Ip.of(destination), protocol, port);
        if (question.from().family() == question.to().family()) {
          questions.add(question);
        }
      }
    }
    return questions;
  }

  private static String name(Pod pod) {
    return pod.namespace() + "/" + pod.name();
  }

  private Judge judge() {
    Judge current = judge;
    if (current == null || judged < events.size()) {
      current = engine.after(events);
      judge = current;
      judged = events.size();
    }
    return current;
  }

  ClusterSnapshot cluster() {
    return ClusterState.after(events).snapshot();
  }

  /**
   * One connection, both sides together. An end is a pod, by {@code namespace/name} and its first
   * address, or an address; what is between the ends is {@code ->}, then protocol and port.
   */
  Scene allows(String... connections) {
    for (String connection : connections) {
      assertEquals(true, verdicts(connection).allowed(), connection);
    }
    return this;
  }

  Scene denies(String... connections) {
    for (String connection : connections) {
      assertEquals(false, verdicts(connection).allowed(), connection);
    }
    return this;
  }

  Verdicts verdicts(String connection) {
    return judge().judge(question(connection));
  }

  Set<Boolean> byBackend(String connection) {
    return judge().judgeService(question(connection));
  }

  private Question question(String connection) {
    String[] words = connection.split("[ ]+", -1);
    Protocol protocol =
        words[3].startsWith("ICMP") ? Protocol.OTHER : Protocol.valueOf(words[3].split("/", -1)[0]);
    int port = protocol == Protocol.OTHER ? 0 : Integer.parseInt(words[3].split("/", -1)[1]);
    Ip from = Ip.parse(words[0]);
    Ip to = Ip.parse(words[2]);
    return new Question(
        from == null ? Ip.of(pod(words[0]).ips().getFirst()) : from,
        to == null ? Ip.of(pod(words[2]).ips().getFirst()) : to,
        protocol,
        port);
  }
}
