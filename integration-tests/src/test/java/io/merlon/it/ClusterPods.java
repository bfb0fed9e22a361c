package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Pods of scenarios, which run {@link PodTraffic} with the runtime of Merlon's own image. */
record ClusterPods(Kubectl cluster) {
  /** Where {@code merlon.io/test} is written, so that all of it can be found again. */
  static final String OURS = "merlon.io/test=scenario";

  private static final Pattern FIELDS = Pattern.compile("\\w+=\\d+( \\w+=\\d+)*");
  private static final Pattern SERVED = Pattern.compile("serving|(tcp|udp) [0-9a-f.:]+");

  /** As /proc/net/tcp numbers states: established, waiting, listening; and its own title. */
  private static final Set<String> CALM = Set.of("01", "06", "0A", "st");

  private static final Duration SOON = Duration.ofSeconds(30);

  /**
   * A pod.
   *
   * @param labels in flow style
   * @param account its ServiceAccount
   */
  record Spec(String namespace, String name, String labels, String node, String account) {
    Spec(String namespace, String name, String labels, String node) {
      this(namespace, name, labels, node, "default");
    }
  }

  /**
   * A namespace for pods, with the program.
   *
   * @param labels as arguments of {@code kubectl label}
   */
  void namespace(String name, String... labels) {
    cluster.run("create", "namespace", name).succeeded();
    cluster.run("label", "namespace", name, OURS).succeeded();
    for (String label : labels) {
      cluster.run("label", "namespace", name, label).succeeded();
    }
    cluster
        .run(
            "--namespace=" + name,
            "create",
            "configmap",
            "traffic",
            "--from-file=PodTraffic.class=" + program())
        .succeeded();
    Await.seldom(
        "service account of " + name,
        Duration.ofSeconds(20),
        () -> cluster.run("--namespace=" + name, "get", "serviceaccount", "default").exit() == 0);
  }

  private static Path program() {
    try {
      return Path.of(
          Objects.requireNonNull(PodTraffic.class.getResource("PodTraffic.class")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts a pod and waits until it runs. */
  void start(Spec pod, String... arguments) {
    start(pod, false, arguments);
  }

  /** Starts one that is in its node's network. */
  void startOnNode(Spec pod, String... arguments) {
    start(pod, true, arguments);
  }

  private void start(Spec pod, boolean onNode, String... arguments) {
    cluster.apply(manifest(pod, onNode, arguments));
    cluster.awaitReady(pod.namespace(), pod.name());
  }

  private static String manifest(Spec pod, boolean onNode, String... arguments) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: %s, labels: {%s}}
    spec:
      nodeName: %s
      hostNetwork: %s
      serviceAccountName: %s
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: %s
        imagePullPolicy: IfNotPresent
        command: [/opt/merlon/runtime/bin/java, -Xmx48m, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1,
          -cp, /traffic, io.merlon.it.PodTraffic, %s]
        volumeMounts: [{name: traffic, mountPath: /traffic}, {name: told, mountPath: %s}]
      volumes:
      - name: told
        emptyDir: {}
      - name: traffic
        configMap: {name: traffic, items: [{key: PodTraffic.class, path: io/merlon/it/PodTraffic.class}]}
    """
        .formatted(
            pod.name(),
            pod.namespace(),
            pod.labels(),
            pod.node(),
            onNode,
            pod.account(),
            Release.image(),
            String.join(", ", List.of(arguments).stream().map(a -> '"' + a + '"').toList()),
            PodTraffic.TOLD.getParent());
  }

  /** The pod's address of a family. */
  String address(Spec pod, boolean six) {
    String all = cluster.get(pod.namespace(), "pod/" + pod.name(), "{.status.podIPs[*].ip}");
    return List.of(all.split(" ", -1)).stream()
        .filter(address -> address.contains(":") == six)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(pod.name() + " has only " + all));
  }

  /** What a pod that holds or tries connections said last; empty if nothing yet. */
  Map<String, Long> said(Spec pod) {
    Map<String, Long> said = new HashMap<>();
    for (String line : told(pod, FIELDS, "1")) {
      for (String field : line.split(" ", -1)) {
        String[] parts = field.split("=", -1);
        said.put(parts[0], Long.parseLong(parts[1]));
      }
    }
    return said;
  }

  /** One number of it; 0 if there is none yet. */
  long said(Spec pod, String field) {
    return said(pod).getOrDefault(field, 0L);
  }

  /** All that came to a server, as {@code tcp} or {@code udp} and whence. */
  List<String> arrivals(Spec server) {
    List<String> lines = told(server, SERVED);
    assertEquals("serving", lines.isEmpty() ? "nothing" : lines.getFirst(), server.name());
    return lines.stream().filter(line -> !line.equals("serving")).toList();
  }

  /** How often a server was come to, by {@code tcp} or {@code udp}, from an address. */
  long came(Spec server, String protocol, String from) {
    // An address of version six is told in full.
    String line = protocol + " " + InetAddress.ofLiteral(from).getHostAddress();
    return arrivals(server).stream().filter(line::equals).count();
  }

  /** All that a pod told. */
  List<String> told(Spec pod, Pattern expected) {
    return told(pod, expected, "+1");
  }

  /**
   * What a pod told, read from its own file: kubelets that share a machine take each other's pods'
   * logs away. What kubectl itself has to say in between is printed, and it is asked again.
   */
  private List<String> told(Spec pod, Pattern expected, String lines) {
    List<String> told = new ArrayList<>();
    Await.seldom(
        "nothing but " + expected + " of " + pod.name(),
        SOON,
        () -> {
          told.clear();
          String file = PodTraffic.TOLD.toString();
          cluster
              .exec(pod.namespace(), pod.name(), "tail", "-n", lines, file)
              .output()
              .lines()
              .forEach(told::add);
          List<String> others =
              told.stream().filter(line -> !expected.matcher(line).matches()).toList();
          others.forEach(line -> System.out.println("of " + pod.name() + ": " + line));
          return others.isEmpty();
        });
    return told;
  }

  /**
   * Whether a pod has no TCP socket that is about to send something again by itself: all listen,
   * are connected, or remember a connection that was.
   */
  boolean isCalm(Spec pod) {
    return cluster
        .exec(pod.namespace(), pod.name(), "cat", "/proc/net/tcp", "/proc/net/tcp6")
        .succeeded()
        .lines()
        .map(line -> line.strip().split(" +", -1)[3])
        .allMatch(state -> CALM.contains(state));
  }

  /**
   * Segments of pods' open TCP connections that were sent again and had not arrived before. Those
   * that had are told of by the other end (D-SACK): a machine at a standstill has packets sent
   * again of which none was lost.
   */
  long segmentsLost(Spec... senders) {
    long lost = 0;
    for (Spec pod : senders) {
      List<String> counted = counted(pod);
      lost +=
          Statistics.of(counted, "Tcp", "RetransSegs")
              - Statistics.of(counted, "TcpExt", "TCPSynRetrans")
              - Statistics.of(counted, "TcpExt", "TCPDSACKRecv");
    }
    return lost;
  }

  /** How often pods sent the beginning of a connection again, or the answer to one. */
  long beginningsResent(Spec... senders) {
    long resent = 0;
    for (Spec pod : senders) {
      resent += Statistics.of(counted(pod), "TcpExt", "TCPSynRetrans");
    }
    return resent;
  }

  /** The counters that tell why segments were sent again. */
  String resendings(Spec pod) {
    List<String> counted = counted(pod);
    StringBuilder told = new StringBuilder(pod.name());
    told.append(" RetransSegs ").append(Statistics.of(counted, "Tcp", "RetransSegs"));
    for (String name :
        List.of(
            "TCPSynRetrans",
            "TCPDSACKRecv",
            "TCPDSACKOldSent",
            "TCPLossProbes",
            "TCPTimeouts",
            "TCPSpuriousRtxHostQueues",
            "TCPAbortOnClose")) {
      told.append(' ').append(name).append(' ').append(Statistics.of(counted, "TcpExt", name));
    }
    return told.toString();
  }

  private List<String> counted(Spec pod) {
    return cluster
        .exec(pod.namespace(), pod.name(), "cat", "/proc/net/snmp", "/proc/net/netstat")
        .succeeded()
        .lines()
        .toList();
  }

  int restarts(Spec... pods) {
    int restarts = 0;
    for (Spec pod : pods) {
      restarts +=
          Integer.parseInt(
              cluster.get(
                  pod.namespace(),
                  "pod/" + pod.name(),
                  "{.status.containerStatuses[0].restartCount}"));
    }
    return restarts;
  }

  /** Takes all namespaces away. */
  void stop() {
    cluster
        .run("delete", "namespace", "--selector=" + OURS, "--ignore-not-found", "--wait=true")
        .succeeded();
  }
}
