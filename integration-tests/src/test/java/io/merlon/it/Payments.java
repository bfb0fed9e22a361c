package io.merlon.it;

import java.nio.file.Path;
import java.util.List;

/** The payments example of docs/examples on a real cluster, spread over two nodes if there are. */
record Payments(Kubectl cluster, String image) {
  private static final Path EXAMPLE = Path.of("../docs/examples/payments");
  private static final String PUBLISHED = "registry.k8s.io/e2e-test-images/agnhost:2.53";
  private static final String LOCAL = "local/agnhost:1";

  private static final String OURS = "merlon.io/test=payments";

  /** A pod of it. */
  record Workload(String namespace, String name, String app, int port) {}

  static final Workload FRONTEND = new Workload("web", "frontend", "frontend", 8000);
  static final Workload API = new Workload("payments", "payments-api", "payments-api", 8080);
  static final Workload DATABASE = new Workload("payments", "database", "database", 5432);
  static final Workload INTRUDER = new Workload("guests", "intruder", "frontend", 8000);
  private static final List<Workload> ALL = List.of(FRONTEND, API, DATABASE, INTRUDER);

  /** With the image that is on the nodes already, or the published one. */
  static Payments on(Kubectl cluster) {
    String there =
        cluster
            .run("get", "nodes", "--output=jsonpath={.items[*].status.images[*].names}")
            .succeeded();
    return new Payments(cluster, there.contains(LOCAL) ? LOCAL : PUBLISHED);
  }

  /** Into a cluster that has no namespaces of these names: they are taken away in the end. */
  void start() {
    String there =
        cluster
            .run("get", "namespace", "payments", "web", "guests", "--ignore-not-found", "-o=name")
            .succeeded();
    if (!there.isBlank()) {
      throw new IllegalStateException("the cluster has namespaces of these names: " + there);
    }
    cluster.apply(EXAMPLE.resolve("namespaces.yaml"));
    cluster.run("label", "namespace", "payments", "web", "guests", OURS).succeeded();
    cluster.apply(EXAMPLE.resolve("policies.yaml"));
    ALL.forEach(workload -> cluster.apply(pod(workload)));
    ALL.forEach(workload -> cluster.awaitReady(workload.namespace(), workload.name()));
  }

  void stop() {
    cluster
        .run("delete", "namespace", "--selector=" + OURS, "--ignore-not-found", "--wait=true")
        .succeeded();
  }

  private String pod(Workload workload) {
    boolean isApi = workload.equals(API);
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: %s, labels: {app: %s}}
    spec:
      nodeName: %s
      serviceAccountName: %s
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: %s
        args: [netexec, --http-port=%d, --udp-port=-1]
        ports: [{name: %s, containerPort: %d}]
    """
        .formatted(
            workload.name(),
            workload.namespace(),
            workload.app(),
            node(workload),
            isApi ? "payments-api" : "default",
            image,
            workload.port(),
            workload.equals(DATABASE) ? "sql" : "http",
            workload.port());
  }

  /** Where it runs. */
  String node(Workload workload) {
    return cluster.node(ALL.indexOf(workload));
  }

  /** Whether a connection from one to the other is made. */
  boolean connects(Workload from, Workload to) {
    String address = cluster.get(to.namespace(), "pod/" + to.name(), "{.status.podIP}");
    String host = address.contains(":") ? "[" + address + "]" : address;
    Command attempt =
        cluster.exec(
            from.namespace(),
            from.name(),
            "/agnhost",
            "connect",
            "--timeout=1s",
            host + ":" + to.port());
    if (attempt.exit() != 0 && !attempt.output().contains("TIMEOUT")) {
      throw new IllegalStateException("neither open nor silent: " + attempt);
    }
    return attempt.exit() == 0;
  }

  /** How often any container of it was started again. */
  int restarts() {
    return ALL.stream()
        .mapToInt(workload ->
            Integer.parseInt(
                cluster.get(
                    workload.namespace(),
                    "pod/" + workload.name(),
                    "{.status.containerStatuses[0].restartCount}")))
        .sum();
  }

  void mode(String mode) {
    cluster
        .run("annotate", "namespace", "payments", "--overwrite", "merlon.io/mode=" + mode)
        .succeeded();
  }
}
