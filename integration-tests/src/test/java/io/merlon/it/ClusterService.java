package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;

/** A Service in front of pods of a scenario, of both address families. */
record ClusterService(Kubectl cluster, String namespace, String name) {
  static final int PORT = 80;
  private static final Duration SOON = Duration.ofSeconds(30);

  /**
   * Makes one.
   *
   * @param selector and
   * @param more in flow style, as {@code type: NodePort}
   */
  static ClusterService make(
      Kubectl cluster, String namespace, String name, String selector, int target, String more) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: %s}
        spec: {ipFamilyPolicy: PreferDualStack, selector: {%s}, ports: [{port: %d, targetPort: %d}], %s}
        """
            .formatted(name, namespace, selector, PORT, target, more));
    return new ClusterService(cluster, namespace, name);
  }

  /** Its virtual addresses: one of each family. */
  List<String> addresses() {
    List<String> addresses =
        List.of(cluster.get(namespace, "service/" + name, "{.spec.clusterIPs[*]}").split(" ", -1));
    assertEquals(2, addresses.size(), "of both families: " + addresses);
    return addresses;
  }

  String address(boolean six) {
    return addresses().stream().filter(a -> a.contains(":") == six).findFirst().orElseThrow();
  }

  int nodePort() {
    return Integer.parseInt(cluster.get(namespace, "service/" + name, "{.spec.ports[0].nodePort}"));
  }

  /** Addresses of all that is behind it. */
  List<String> endpoints() {
    return List.of(
        cluster
            .run(
                "--namespace=" + namespace,
                "get",
                "endpointslices",
                "--selector=kubernetes.io/service-name=" + name,
                "--output=jsonpath={.items[*].endpoints[*].addresses[*]}")
            .succeeded()
            .strip()
            .split(" ", -1));
  }

  /** Nodes take their time to translate, which is not what is asked about. */
  void awaitTranslated(Caller allowed) {
    for (String address : addresses()) {
      Await.seldom(
          "translation of " + name + " " + address,
          SOON,
          () -> allowed.attempt(address, PORT) == Caller.Answer.OPEN);
    }
  }
}
