package io.merlon.it;

/** Policies as operators write them. */
final class Mission {
  static final int PORT = 8080;

  static final String DEFAULT_DENY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: default-deny, namespace: payments}
      spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
      """;

  static final String ALLOW_FRONTEND =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: allow-frontend, namespace: payments}
      spec:
        podSelector: {matchLabels: {app: payments-api}}
        ingress:
        - from: [{namespaceSelector: {matchLabels: {name: frontend}}}]
          ports: [{protocol: TCP, port: 8080}]
      """;

  private Mission() {}

  /**
   * Another policy of one line.
   *
   * @param spec in flow style
   */
  static String policy(String namespace, String name, String spec) {
    return """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: %s, namespace: %s}
    spec: {%s}
    """
        .formatted(name, namespace, spec);
  }
}
