package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a world as the manifests that would make it. */
final class ManifestWriter {
  private static final Map<String, String> API_VERSIONS =
      Map.of(
          "NetworkPolicy", "networking.k8s.io/v1",
          "ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2",
          "EndpointSlice", "discovery.k8s.io/v1",
          "PodIdentityAssociation", "eks.services.k8s.aws/v1alpha1");

  private ManifestWriter() {}

  static String write(ClusterSnapshot cluster) {
    List<Object> documents = new ArrayList<>();
    cluster.namespaces().forEach(o -> documents.add(namespace(o)));
    cluster.nodes().forEach(o -> documents.add(node(o)));
    cluster.serviceAccounts().forEach(o -> documents.add(account(o)));
    cluster.podIdentityAssociations().forEach(o -> documents.add(association(o)));
    cluster.pods().forEach(o -> documents.add(pod(o)));
    cluster.services().forEach(o -> documents.add(service(o)));
    cluster.endpointSlices().forEach(o -> documents.add(slice(o)));
    cluster.networkPolicies().forEach(o -> documents.add(PolicyWriter.write(o)));
    cluster.clusterNetworkPolicies().forEach(o -> documents.add(PolicyWriter.write(o)));
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.AUTO)
            .setExplicitStart(true)
            .setWidth(120)
            .build();
    return new Dump(settings).dumpAllToString(documents.iterator());
  }

  /** A mapping in the order given; a field whose value is null is left out. */
  static Map<String, Object> fields(@Nullable Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        fields.put(String.valueOf(namesAndValues[i]), value);
      }
    }
    return fields;
  }

  static <T> List<Object> each(List<T> values, Function<T, Object> writer) {
    List<Object> written = new ArrayList<>();
    values.forEach(value -> written.add(writer.apply(value)));
    return written;
  }

  static Map<String, Object> object(String kind, Map<String, Object> meta) {
    return fields(
        "apiVersion", API_VERSIONS.getOrDefault(kind, "v1"), "kind", kind, "metadata", meta);
  }

  static Map<String, Object> meta(
      @Nullable String namespace, String name, Map<String, String> labels) {
    return fields("namespace", namespace, "name", name, "labels", sorted(labels));
  }

  private static @Nullable Object sorted(Map<String, String> map) {
    return map.isEmpty() ? null : new TreeMap<>(map);
  }

  private static Object namespace(io.merlon.agent.api.Namespace namespace) {
    return object("Namespace", meta(null, namespace.name(), namespace.labels()));
  }

  private static Object node(io.merlon.agent.api.Node node) {
    Map<String, Object> object = object("Node", meta(null, node.name(), node.labels()));
    object.put(
        "status",
        fields(
            "addresses",
            each(node.addresses(), ip -> fields("type", "InternalIP", "address", ip))));
    return object;
  }

  private static Object account(io.merlon.agent.api.ServiceAccount account) {
    Map<String, Object> meta = meta(account.namespace(), account.name(), Map.of());
    meta.put("annotations", new TreeMap<>(account.annotations()));
    return object("ServiceAccount", meta);
  }

  private static Object association(io.merlon.agent.api.PodIdentityAssociation association) {
    String account = association.serviceAccount();
    Map<String, Object> object =
        object("PodIdentityAssociation", meta(association.namespace(), account, Map.of()));
    object.put("spec", fields("serviceAccount", account, "roleARN", association.roleArn()));
    return object;
  }

  private static Object pod(Pod pod) {
    Map<String, Object> meta = meta(pod.namespace(), pod.name(), pod.labels());
    if (pod.terminating()) {
      meta.put("deletionTimestamp", "2026-01-01T00:00:00Z");
    }
    Map<String, Object> object = object("Pod", meta);
    List<Object> ports =
        each(
            pod.ports(),
            port ->
                fields(
                    "name",
                    port.name(),
                    "containerPort",
                    port.port(),
                    "protocol",
                    port.protocol()));
    object.put(
        "spec",
        fields(
            "nodeName",
            pod.node(),
            "serviceAccountName",
            pod.serviceAccount(),
            "hostNetwork",
            pod.hostNetwork() ? true : null,
            "containers",
            List.of(fields("ports", ports))));
    String phase = pod.phase().name();
    object.put(
        "status",
        fields(
            "phase",
            phase.charAt(0) + phase.substring(1).toLowerCase(Locale.ROOT),
            "podIPs",
            each(pod.ips(), ip -> fields("ip", ip))));
    return object;
  }

  private static Object service(Service service) {
    Map<String, Object> object =
        object("Service", meta(service.namespace(), service.name(), Map.of()));
    List<Object> ports =
        each(
            service.ports(),
            port -> fields("name", port.name(), "port", port.port(), "protocol", port.protocol()));
    List<String> cluster =
        service.addresses().stream().filter(ip -> !service.external().contains(ip)).toList();
    object.put(
        "spec",
        fields(
            "type",
            service.type(),
            "clusterIPs",
            cluster,
            "externalIPs",
            service.external().isEmpty() ? null : service.external(),
            "ports",
            ports));
    return object;
  }

  private static Object slice(EndpointSlice slice) {
    Map<String, String> labels = Map.of("kubernetes.io/service-name", slice.service());
    Map<String, Object> object =
        object("EndpointSlice", meta(slice.namespace(), slice.name(), labels));
    object.put("addressType", slice.addressType());
    object.put(
        "ports",
        each(
            slice.ports(),
            port -> fields("name", port.name(), "protocol", port.protocol(), "port", port.port())));
    object.put("endpoints", each(slice.endpoints(), ManifestWriter::endpoint));
    return object;
  }

  private static Object endpoint(EndpointSlice.Endpoint endpoint) {
    return fields(
        "addresses",
        endpoint.addresses(),
        "conditions",
        fields(
            "ready",
            endpoint.ready(),
            "serving",
            endpoint.serving(),
            "terminating",
            endpoint.terminating()));
  }
}
