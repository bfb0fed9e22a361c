package io.merlon.it;

import java.util.List;

/**
 * A look at what is on a node, by the node's own commands, from a privileged pod: pins in its BPF
 * file system, programs at its interfaces and, where it has nft, nf_tables' tables of ours.
 */
record NodeProbe(Kubectl cluster, String image, String node) implements AutoCloseable {
  /**
   * Fails where tc is missing or fails: what cannot be seen must not pass for what is not there. A
   * link of tcx lives while it is pinned or a process holds it; bpftool knows none before 7.3.
   */
  static final String LOOK =
      """
      set -e
      command -v tc >/dev/null || { echo "this node has no tc"; exit 1; }
      find /sys/fs/bpf -mindepth 1 | sort
      if command -v nft >/dev/null; then
        tables=$(nft list tables)
        echo "$tables" | grep merlon || true
      fi
      see() {
        shown=$(tc "$@" 2>&1) || { [ -e "/sys/class/net/$link" ] || return 0; echo "$link: $shown"; exit 1; }
        [ -z "$shown" ] || echo "$shown" | sed "s/^/$link /"
      }
      for link in $(ls /sys/class/net); do
        see qdisc show dev "$link"
        see filter show dev "$link" ingress
        see filter show dev "$link" egress
      done
      network=$(readlink /proc/self/ns/net)
      for process in /proc/[0-9]*; do
        [ "$(readlink "$process/ns/net")" = "$network" ] || continue
        grep -hs -A9 'link_type:.*tcx' "$process"/fdinfo/* | grep -e ifindex -e attach_type || true
      done
      """;

  static NodeProbe start(Kubectl cluster, String node) {
    NodeProbe probe = new NodeProbe(cluster, Release.image(), node);
    cluster.apply(probe.pod());
    try {
      cluster.awaitReady("default", probe.name());
    } catch (RuntimeException e) {
      probe.close();
      throw e;
    }
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

  /** The node as one from whom connections come. */
  Caller caller() {
    return new Caller(cluster, "default", name());
  }

  /** A node's own address of a family. */
  static String address(Kubectl cluster, String node, boolean six) {
    String all =
        cluster.get(
            "default", "node/" + node, "{.status.addresses[?(@.type==\"InternalIP\")].address}");
    return List.of(all.split(" ", -1)).stream()
        .filter(address -> address.contains(":") == six)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "scenarios ask in both address families, and %s has only %s".formatted(node, all)));
  }

  @Override
  public void close() {
    cluster.delete(pod());
  }
}
