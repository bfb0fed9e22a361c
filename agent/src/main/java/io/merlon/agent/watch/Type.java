package io.merlon.agent.watch;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The types of objects that matter in a folder. */
enum Type {
  NAMESPACE("Namespace", "v1", Scope.CLUSTER),
  NODE("Node", "v1", Scope.CLUSTER),
  CLUSTER_NETWORK_POLICY(
      "ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2", Scope.CLUSTER),
  POD("Pod", "v1", Scope.NAMESPACE),
  SERVICE("Service", "v1", Scope.NAMESPACE),
  SERVICE_ACCOUNT("ServiceAccount", "v1", Scope.NAMESPACE),
  ENDPOINT_SLICE("EndpointSlice", "discovery.k8s.io/v1", Scope.NAMESPACE),
  NETWORK_POLICY("NetworkPolicy", "networking.k8s.io/v1", Scope.NAMESPACE),
  POD_IDENTITY_ASSOCIATION(
      "PodIdentityAssociation", "eks.services.k8s.aws/v1alpha1", Scope.NAMESPACE),
  STATEFUL_SET("StatefulSet", "apps/v1", Scope.NAMESPACE),
  DEPLOYMENT("Deployment", "apps/v1", Scope.NAMESPACE),
  REPLICA_SET("ReplicaSet", "apps/v1", Scope.NAMESPACE),
  REPLICATION_CONTROLLER("ReplicationController", "v1", Scope.NAMESPACE),
  DAEMON_SET("DaemonSet", "apps/v1", Scope.NAMESPACE),
  JOB("Job", "batch/v1", Scope.NAMESPACE),
  CRON_JOB("CronJob", "batch/v1", Scope.NAMESPACE);

  private static final Map<String, Type> BY_KIND =
      Arrays.stream(values()).collect(Collectors.toMap(Type::kind, Function.identity()));

  private final String kind;
  private final String apiVersion;
  private final Scope scope;

  Type(String kind, String apiVersion, Scope scope) {
    this.kind = kind;
    this.apiVersion = apiVersion;
    this.scope = scope;
  }

  private enum Scope {
    CLUSTER,
    NAMESPACE
  }

  static Optional<Type> of(String kind) {
    return Optional.ofNullable(BY_KIND.get(kind));
  }

  String kind() {
    return kind;
  }

  String apiVersion() {
    return apiVersion;
  }

  boolean namespaced() {
    return scope == Scope.NAMESPACE;
  }

  /** Where a workload has the template of its pods. */
  String templatePath() {
    return this == CRON_JOB ? "spec.jobTemplate.spec.template" : "spec.template";
  }
}
