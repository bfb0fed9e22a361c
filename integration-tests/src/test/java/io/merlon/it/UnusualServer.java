package io.merlon.it;

/**
 * A server that {@link ClusterPods} has no pods for: in its node's network, or one that is told to
 * end and serves on through its grace period.
 */
record UnusualServer(ClusterPods.Spec pod, int port, boolean hostNetwork, int graceSeconds) {
  /** Starts it and waits until it runs. */
  void start(Kubectl cluster) {
    cluster.apply(manifest());
    cluster.awaitReady(pod.namespace(), pod.name());
  }

  /** Without the signal handlers of Java's runtime nothing ends a container's first process. */
  private String manifest() {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: %s, labels: {%s}}
    spec:
      nodeName: %s
      hostNetwork: %b
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: %d
      containers:
      - name: main
        image: %s
        imagePullPolicy: IfNotPresent
        command: [/opt/merlon/runtime/bin/java, -Xrs, -Xmx48m, -XX:+UseSerialGC,
          -cp, /traffic, io.merlon.it.PodTraffic, serve, "%d"]
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
            hostNetwork,
            graceSeconds,
            Release.image(),
            port,
            PodTraffic.TOLD.getParent());
  }
}
