package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.Service;
import io.merlon.agent.api.ServiceAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads manifests for the tests, so that cases are written as users write them. Not the agent's own
 * reader: a mistake shared by both would be seen by neither.
 */
final class Manifests {
  private Manifests() {}

  /** Every document becomes the event that adds its object. */
  static List<ClusterEvent> read(String yaml) {
    List<ClusterEvent> events = new ArrayList<>();
    for (Object document : parse(yaml)) {
      if (document != null) {
        events.add(event(Fields.of(document)));
      }
    }
    return events;
  }

  static Iterable<Object> parse(String yaml) {
    return new Load(LoadSettings.builder().build()).loadAllFromString(yaml);
  }

  private static ClusterEvent event(Fields object) {
    Fields meta = object.at("metadata");
    Fields spec = object.at("spec");
    String namespace = meta.text("namespace", "default");
    String name = meta.text("name", "");
    return switch (object.text("kind", "")) {
      case "Namespace" -> new ClusterEvent.PutNamespace(namespace(meta));
      case "Node" -> new ClusterEvent.PutNode(node(object));
      case "ServiceAccount" ->
          new ClusterEvent.PutServiceAccount(
              new ServiceAccount(namespace, name, meta.textMap("annotations")));
      case "Pod" -> new ClusterEvent.PutPod(pod(object));
      case "Service" -> new ClusterEvent.PutService(service(namespace, name, spec));
      case "EndpointSlice" -> new ClusterEvent.PutEndpointSlice(slice(object));
      case "NetworkPolicy" ->
          new ClusterEvent.PutNetworkPolicy(PolicyManifests.networkPolicy(namespace, name, spec));
      case "ClusterNetworkPolicy" ->
          new ClusterEvent.PutClusterNetworkPolicy(
              PolicyManifests.clusterNetworkPolicy(name, spec));
      case "PodIdentityAssociation" ->
          new ClusterEvent.PutPodIdentityAssociation(
              new PodIdentityAssociation(
                  namespace, spec.text("serviceAccount", ""), spec.text("roleARN", "")));
      default -> throw new IllegalArgumentException("unknown kind " + object.text("kind"));
    };
  }

  /** The API server sets the name label on every namespace. */
  private static Namespace namespace(Fields meta) {
    TreeMap<String, String> labels = new TreeMap<>(meta.textMap("labels"));
    String name = meta.text("name", "");
    labels.putIfAbsent("kubernetes.io/metadata.name", name);
    return new Namespace(name, labels, meta.textMap("annotations"));
  }

  private static Node node(Fields object) {
    Fields meta = object.at("metadata");
    List<String> addresses =
        object.at("status").list("addresses", address -> address.text("address", ""));
    return new Node(meta.text("name", ""), meta.textMap("labels"), addresses);
  }

  private static Pod pod(Fields object) {
    Fields meta = object.at("metadata");
    Fields spec = object.at("spec");
    Fields status = object.at("status");
    String phase = status.text("phase", "Running").toUpperCase(Locale.ROOT);
    return new Pod(
        meta.text("namespace", "default"),
        meta.text("name", ""),
        meta.text("uid", ""),
        meta.textMap("labels"),
        meta.textMap("annotations"),
        spec.text("serviceAccountName", "default"),
        spec.text("nodeName"),
        spec.flag("hostNetwork"),
        Pod.Phase.valueOf(phase),
        status.list("podIPs", ip -> ip.text("ip", "")),
        spec
            .list("containers", container -> container.list("ports", Manifests::containerPort))
            .stream()
            .flatMap(List::stream)
            .toList(),
        null,
        meta.has("deletionTimestamp"));
  }

  private static Pod.ContainerPort containerPort(Fields port) {
    return new Pod.ContainerPort(
        port.text("name"), number(port, "containerPort"), port.text("protocol", "TCP"));
  }

  private static Service service(String namespace, String name, Fields spec) {
    List<String> addresses = new ArrayList<>(spec.texts("clusterIPs"));
    addresses.addAll(spec.texts("externalIPs"));
    return new Service(
        namespace,
        name,
        spec.text("type", "ClusterIP"),
        addresses,
        spec.texts("externalIPs"),
        spec.list("ports", Manifests::servicePort));
  }

  private static Service.Port servicePort(Fields port) {
    return new Service.Port(
        port.text("name"), port.text("protocol", "TCP"), number(port, "port"), 0);
  }

  private static EndpointSlice slice(Fields object) {
    Fields meta = object.at("metadata");
    return new EndpointSlice(
        meta.text("namespace", "default"),
        meta.text("name", ""),
        meta.at("labels").text("kubernetes.io/service-name", ""),
        object.text("addressType", "IPv4"),
        object.list(
            "ports",
            port ->
                new EndpointSlice.Port(
                    port.text("name"), port.text("protocol", "TCP"), port.number("port"))),
        object.list("endpoints", Manifests::endpoint));
  }

  private static EndpointSlice.Endpoint endpoint(Fields endpoint) {
    Fields conditions = endpoint.at("conditions");
    return new EndpointSlice.Endpoint(
        endpoint.texts("addresses"),
        conditions.flag("ready"),
        conditions.flag("serving"),
        conditions.flag("terminating"));
  }

  private static int number(Fields fields, String name) {
    return Objects.requireNonNull(fields.number(name), name);
  }
}
