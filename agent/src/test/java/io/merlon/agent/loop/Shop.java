package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.VpcCniNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The objects of the loop's tests: namespace shop on node n1. */
final class Shop {
  private Shop() {}

  static ClusterEvent namespace(Map<String, String> annotations) {
    return new ClusterEvent.PutNamespace(
        new Namespace("shop", Map.of("name", "shop"), annotations));
  }

  static ClusterEvent pod(String name, String ip) {
    return pod(name, ip, Map.of());
  }

  static ClusterEvent pod(String name, String ip, Map<String, String> annotations) {
    return pod(name, "uid-" + name, ip, annotations);
  }

  static ClusterEvent pod(String name, String uid, String ip, Map<String, String> annotations) {
    return pod(name, uid, ip, annotations, null);
  }

  /** The API's object of a static pod. */
  static ClusterEvent mirror(String name, String uid, String ip) {
    return pod(name, uid, ip, Map.of(), new Pod.Owner("Node", "n1"));
  }

  private static ClusterEvent pod(
      String name,
      String uid,
      String ip,
      Map<String, String> annotations,
      Pod.@Nullable Owner owner) {
    return new ClusterEvent.PutPod(
        new Pod(
            "shop",
            name,
            uid,
            Map.of("app", name),
            annotations,
            "default",
            "n1",
            false,
            Pod.Phase.RUNNING,
            ip.isEmpty() ? List.of() : List.of(ip),
            List.of(),
            owner,
            false));
  }

  static ClusterEvent gonePod(String name) {
    return new ClusterEvent.Gone(new ClusterEvent.Key(ClusterEvent.Kind.POD, "shop", name));
  }

  static ClusterEvent denyAll(String revision) {
    return new ClusterEvent.PutNetworkPolicy(
        new NetworkPolicy(
            "shop",
            "default-deny",
            "uid",
            revision,
            LabelSelector.EVERYTHING,
            List.of("Ingress", "Egress"),
            null,
            null));
  }

  static PodRef ref(String name) {
    return new PodRef("shop", name);
  }

  static Link link(int ifindex, String podName) {
    return named(ifindex, VpcCniNaming.EKS.hostInterface(ref(podName)));
  }

  static Link named(int ifindex, String name) {
    return new Link(ifindex, name, "veth", "", true, null);
  }

  static LinkEvent appeared(Link link) {
    return new LinkEvent.Appeared(link);
  }
}
