package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.Service;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A cluster's objects, put and removed by key, and the questions tests ask about them. */
final class Cluster {
  private final Map<ClusterEvent.Key, ClusterEvent> objects = new LinkedHashMap<>();

  Cluster put(Object... all) {
    for (Object object : all) {
      ClusterEvent event = event(object);
      objects.put(event.key(), event);
    }
    return this;
  }

  void apply(ClusterEvent event) {
    if (event instanceof ClusterEvent.Gone gone) {
      objects.remove(gone.key());
    } else {
      objects.put(event.key(), event);
    }
  }

  Cluster namespace(String name, String labels) {
    return put(new Namespace(name, Manifests.labels(labels), Map.of()));
  }

  static ClusterEvent event(Object object) {
    return switch (object) {
      case Namespace o -> new ClusterEvent.PutNamespace(o);
      case Pod o -> new ClusterEvent.PutPod(o);
      case ServiceAccount o -> new ClusterEvent.PutServiceAccount(o);
      case Node o -> new ClusterEvent.PutNode(o);
      case Service o -> new ClusterEvent.PutService(o);
      case EndpointSlice o -> new ClusterEvent.PutEndpointSlice(o);
      case NetworkPolicy o -> new ClusterEvent.PutNetworkPolicy(o);
      case ClusterNetworkPolicy o -> new ClusterEvent.PutClusterNetworkPolicy(o);
      case PodIdentityAssociation o -> new ClusterEvent.PutPodIdentityAssociation(o);
      default -> throw new IllegalArgumentException("no event for " + object);
    };
  }

  List<ClusterEvent> events() {
    return List.copyOf(objects.values());
  }

  ClusterSnapshot snapshot() {
    return new ClusterSnapshot(
        all(ClusterEvent.PutNamespace.class, ClusterEvent.PutNamespace::object),
        all(ClusterEvent.PutPod.class, ClusterEvent.PutPod::object),
        all(ClusterEvent.PutServiceAccount.class, ClusterEvent.PutServiceAccount::object),
        all(ClusterEvent.PutNode.class, ClusterEvent.PutNode::object),
        all(ClusterEvent.PutService.class, ClusterEvent.PutService::object),
        all(ClusterEvent.PutEndpointSlice.class, ClusterEvent.PutEndpointSlice::object),
        all(ClusterEvent.PutNetworkPolicy.class, ClusterEvent.PutNetworkPolicy::object),
        all(
            ClusterEvent.PutClusterNetworkPolicy.class,
            ClusterEvent.PutClusterNetworkPolicy::object),
        all(
            ClusterEvent.PutPodIdentityAssociation.class,
            ClusterEvent.PutPodIdentityAssociation::object));
  }

  private <E, T> List<T> all(Class<E> kind, Function<E, T> object) {
    List<T> found = new ArrayList<>();
    for (ClusterEvent event : objects.values()) {
      if (kind.isInstance(event)) {
        found.add(object.apply(kind.cast(event)));
      }
    }
    return found;
  }

  CompiledPolicy compile() {
    return PolicyCompiler.compile(snapshot(), CompileOptions.forCluster());
  }

  CompiledPolicy compileFor(String node) {
    return PolicyCompiler.compile(snapshot(), CompileOptions.forNode(node));
  }

  /** Whether {@code "ns/pod"} or an address reaches another on a port. */
  boolean reaches(String from, String to, Protocol protocol, int port) {
    return PolicyLookup.verdict(compile(), side(from), side(to), protocol, port).allowed();
  }

  boolean reaches(String from, String to, int tcpPort) {
    return reaches(from, to, Protocol.TCP, tcpPort);
  }

  /** The side named {@code "ns/pod"}, or the address; a pod stands for its first address. */
  Side side(String name) {
    int slash = name.indexOf('/');
    if (slash < 0) {
      return Side.of(Address.of(name));
    }
    String pod = name.substring(slash + 1);
    for (Pod candidate : snapshot().pods()) {
      if (candidate.namespace().equals(name.substring(0, slash)) && candidate.name().equals(pod)) {
        return Side.of(
            new PodRef(candidate.namespace(), pod), Address.of(candidate.ips().getFirst()));
      }
    }
    throw new IllegalArgumentException("no pod " + name);
  }
}
