package io.merlon.it;

/**
 * A look at what is on a node, by the node's own commands, from a privileged pod: pins in its BPF
 * file system and programs at its interfaces.
 */
record NodeProbe(Kubectl cluster, String image, String node) implements AutoCloseable {
  private static final String LOOK =
      """
      ls -A /sys/fs/bpf
      for link in $(ls /sys/class/net); do
        tc filter show dev "$link" ingress 2>/dev/null
        tc filter show dev "$link" egress 2>/dev/null
      done
      ! command -v bpftool >/dev/null || bpftool net show | grep tcx || true
      """;

  static NodeProbe start(Kubectl cluster, String node) {
    NodeProbe probe = new NodeProbe(cluster, Release.image(), node);
    cluster.apply(probe.pod());
    cluster.awaitReady("default", probe.name());
    return probe;
  }

  private String name() {
    return "merlon-probe-" + node.replace('.', '-');
  }

  private String pod() {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: default}
    spec:
      nodeName: %s
      hostNetwork: true
      hostPID: true
      terminationGracePeriodSeconds: 0
      tolerations: [{operator: Exists}]
      containers:
      - name: probe
        image: %s
        imagePullPolicy: IfNotPresent
        command: [/bin/sleep, infinity]
        securityContext: {privileged: true}
        volumeMounts: [{name: host, mountPath: /host}]
      volumes: [{name: host, hostPath: {path: /}}]
    """
        .formatted(name(), node, image);
  }

  String look() {
    return shell(LOOK);
  }

  /** What a script says that runs with the node's own commands. */
  String shell(String script) {
    return cluster
        .exec("default", name(), "/usr/sbin/chroot", "/host", "/bin/sh", "-c", script)
        .succeeded();
  }

  /** Ends the agent in a container the hard way. */
  void kill(String container) {
    shell(
        """
        for found in $(grep -l %s /proc/[0-9]*/cgroup); do
          process=${found%%/cgroup}
          ! grep -q AgentMain $process/cmdline || kill -9 ${process#/proc/}
        done
        """
            .formatted(container));
  }

  /** Whether the node comes through to an address. */
  boolean connects(String address, int port) {
    return connects(cluster, "default", name(), address, port);
  }

  /** Whether a pod with Merlon's image does. */
  static boolean connects(Kubectl cluster, String namespace, String pod, String address, int port) {
    String attempt = "exec 3<>/dev/tcp/%s/%d".formatted(address, port);
    return cluster.exec(namespace, pod, "/usr/bin/timeout", "2", "/bin/bash", "-c", attempt).exit()
        == 0;
  }

  @Override
  public void close() {
    cluster.delete(pod());
  }
}
