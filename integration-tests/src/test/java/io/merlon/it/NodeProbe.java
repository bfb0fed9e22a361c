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
    return cluster
        .exec("default", name(), "/usr/sbin/chroot", "/host", "/bin/sh", "-c", LOOK)
        .succeeded();
  }

  @Override
  public void close() {
    cluster.delete(pod());
  }
}
