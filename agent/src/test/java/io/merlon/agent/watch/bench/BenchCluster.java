package io.merlon.agent.watch.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The objects of a made-up cluster of any size, as an API server writes them. A pod is as long as
 * pods are (about eight kilobytes, half of it managed fields): what is not kept must be skipped,
 * and that is a good part of the cost.
 */
final class BenchCluster {
  static final String NODE = "node-0";

  private static final int PODS_PER_NODE = 30;
  private static final int PODS_PER_NAMESPACE = 100;
  private static final int PODS_PER_SERVICE = 20;
  private static final int POLICIES_PER_NAMESPACE = 3;
  private static final int KEPT = 10_000;

  private final int pods;

  /** Made once: a server that writes each pod anew would be what is measured. */
  private final String[] written;

  BenchCluster(int pods) {
    this.pods = pods;
    this.written = new String[Math.min(pods, KEPT)];
    Arrays.setAll(written, i -> pod(i, ""));
  }

  /** Objects of one kind, each made when it is asked for. */
  record Objects(int count, IntFunction<String> text) {}

  Objects of(String resource) {
    int namespaces = parts(PODS_PER_NAMESPACE);
    int services = parts(PODS_PER_SERVICE);
    return switch (resource) {
      case "pods" -> new Objects(pods, this::written);
      case "namespaces" -> new Objects(namespaces, BenchCluster::namespace);
      case "nodes" -> new Objects(parts(PODS_PER_NODE), BenchCluster::node);
      case "services" -> new Objects(services, BenchCluster::service);
      case "serviceaccounts" -> new Objects(services, BenchCluster::serviceAccount);
      case "endpointslices" -> new Objects(services, BenchCluster::slice);
      case "networkpolicies" ->
          new Objects(namespaces * POLICIES_PER_NAMESPACE, BenchCluster::policy);
      default -> new Objects(0, _ -> "");
    };
  }

  /** The pods of the node that is watched for. */
  Objects ownPods() {
    return new Objects(Math.min(pods, PODS_PER_NODE), this::written);
  }

  /** These pods' namespaces and names. */
  List<String> ownNames() {
    return IntStream.range(0, ownPods().count())
        .mapToObj(i -> namespaceOf(i) + "/" + name(i))
        .toList();
  }

  private String written(int i) {
    return i < written.length ? written[i] : pod(i, "");
  }

  private int parts(int size) {
    return (pods + size - 1) / size;
  }

  private static String app(int pod) {
    return "app-" + pod / PODS_PER_SERVICE;
  }

  private static String hash(int pod) {
    return Integer.toHexString(app(pod).hashCode());
  }

  private static String name(int pod) {
    return app(pod) + "-" + hash(pod) + "-" + Integer.toString(pod, 36);
  }

  private static String namespaceOf(int pod) {
    return "ns-" + pod / PODS_PER_NAMESPACE;
  }

  private static String address(int pod) {
    return "10." + (pod >> 16 & 255) + "." + (pod >> 8 & 255) + "." + (pod & 255);
  }

  static String meta(String namespace, String name, String more) {
    String within = namespace.isEmpty() ? "" : "\"namespace\":\"" + namespace + "\",";
    return "\"metadata\":{\"name\":\""
        + name
        + "\","
        + within
        + "\"resourceVersion\":\"1000\",\"uid\":\""
        + String.format(Locale.ROOT, "%08x-0000-4000-8000-%012x", name.hashCode(), name.length())
        + "\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\""
        + more
        + "}";
  }

  /** A pod; the annotation is for telling when an event was sent. */
  static String pod(int i, String annotations) {
    String app = app(i);
    String hash = hash(i);
    String labels =
        ",\"generateName\":\"%1$s-%2$s-\",\"labels\":{\"app.kubernetes.io/name\":\"%1$s\",\"app.kubernetes.io/version\":\"1.4\",\"pod-template-hash\":\"%2$s\",\"team\":\"t%3$d\"},\"annotations\":{\"checksum/config\":\"5f3759df5f3759df5f3759df5f3759df\"%4$s},\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"%1$s-%2$s\",\"uid\":\"1\",\"controller\":true,\"blockOwnerDeletion\":true}],\"managedFields\":[%5$s]"
            .formatted(app, hash, i % 7, annotations, MANAGED);
    return "{"
        + meta(namespaceOf(i), name(i), labels)
        + ",\"spec\":{\"volumes\":[{\"name\":\"kube-api-access\",\"projected\":{\"sources\":[{\"serviceAccountToken\":{\"expirationSeconds\":3607,\"path\":\"token\"}}],\"defaultMode\":420}}],\"containers\":[{\"name\":\"main\",\"image\":\"registry.example/app:1.4\",\"ports\":[{\"name\":\"http\",\"containerPort\":8080,\"protocol\":\"TCP\"},{\"name\":\"metrics\",\"containerPort\":9090,\"protocol\":\"TCP\"}],\"env\":["
        + ENVIRONMENT
        + "],\"resources\":{\"limits\":{\"cpu\":\"1\"}}}],\"restartPolicy\":\"Always\",\"serviceAccountName\":\""
        + app
        + "\",\"nodeName\":\"node-"
        + i / PODS_PER_NODE
        + "\",\"schedulerName\":\"default-scheduler\"},\"status\":{\"phase\":\"Running\",\"conditions\":["
        + CONDITIONS
        + "],\"hostIP\":\"10.255.0.1\",\"podIP\":\""
        + address(i)
        + "\",\"podIPs\":[{\"ip\":\""
        + address(i)
        + "\"},{\"ip\":\"fd00::"
        + Integer.toHexString(i + 1)
        + "\"}],\"startTime\":\"2026-01-01T00:00:00Z\"}}";
  }

  private static String namespace(int i) {
    return "{"
        + meta("", "ns-" + i, ",\"labels\":{\"kubernetes.io/metadata.name\":\"ns-" + i + "\"}")
        + "}";
  }

  private static String node(int i) {
    return "{"
        + meta("", "node-" + i, ",\"labels\":{\"kubernetes.io/hostname\":\"node-" + i + "\"}")
        + ",\"spec\":{},\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"10.255."
        + (i >> 8)
        + "."
        + (i & 255)
        + "\"}],\"conditions\":["
        + CONDITIONS
        + "]}}";
  }

  private static String service(int i) {
    return "{"
        + meta(namespaceOf(i * PODS_PER_SERVICE), "app-" + i, "")
        + ",\"spec\":{\"selector\":{\"app.kubernetes.io/name\":\"app-"
        + i
        + "\"},\"clusterIP\":\"10.200.%1$d.%2$d\",\"clusterIPs\":[\"10.200.%1$d.%2$d\"],"
            .formatted(i >> 8, i & 255)
        + "\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\",\"targetPort\":\"http\"}]}}";
  }

  private static String serviceAccount(int i) {
    String role =
        ",\"annotations\":{\"eks.amazonaws.com/role-arn\":\"arn:aws:iam::123456789012:role/app-"
            + i
            + "\"}";
    return "{" + meta(namespaceOf(i * PODS_PER_SERVICE), "app-" + i, role) + "}";
  }

  private static String slice(int i) {
    var endpoints = new StringBuilder();
    for (int pod = i * PODS_PER_SERVICE; pod < (i + 1) * PODS_PER_SERVICE; pod++) {
      endpoints
          .append(endpoints.isEmpty() ? "" : ",")
          .append("{\"addresses\":[\"")
          .append(address(pod))
          .append(
              "\"],\"conditions\":{\"ready\":true,\"serving\":true,\"terminating\":false},\"nodeName\":\"node-0\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"p\"}}");
    }
    String label = ",\"labels\":{\"kubernetes.io/service-name\":\"app-" + i + "\"}";
    return "{"
        + meta(namespaceOf(i * PODS_PER_SERVICE), "app-" + i + "-x", label)
        + ",\"addressType\":\"IPv4\",\"ports\":[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}],\"endpoints\":["
        + endpoints
        + "]}";
  }

  private static String policy(int i) {
    return "{"
        + meta("ns-" + i / POLICIES_PER_NAMESPACE, "policy-" + i % POLICIES_PER_NAMESPACE, "")
        + ",\"spec\":{\"podSelector\":{\"matchLabels\":{\"team\":\"t"
        + i % 7
        + "\"}},\"policyTypes\":[\"Ingress\"],\"ingress\":[{\"from\":[{\"podSelector\":{\"matchLabels\":{\"team\":\"t1\"}}},{\"ipBlock\":{\"cidr\":\"10.0.0.0/8\",\"except\":[\"10.1.0.0/16\"]}}],\"ports\":[{\"port\":8080,\"protocol\":\"TCP\"}]}]}}";
  }

  private static final String CONDITIONS =
      repeated(
          5,
          "{\"type\":\"Ready%d\",\"status\":\"True\",\"lastProbeTime\":null,\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}");
  private static final String ENVIRONMENT =
      repeated(24, "{\"name\":\"SETTING_%d\",\"value\":\"a value of ordinary length\"}");
  private static final String MANAGED =
      repeated(
          4,
          "{\"manager\":\"manager-%d\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"time\":\"2026-01-01T00:00:00Z\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{"
              + repeated(40, "\"f:field-%d\":{\".\":{}}")
              + "}}}");

  private static String repeated(int times, String text) {
    var all = new StringBuilder();
    for (int i = 0; i < times; i++) {
      all.append(i == 0 ? "" : ",").append(text.replace("%d", String.valueOf(i)));
    }
    return all.toString();
  }
}
