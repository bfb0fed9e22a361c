package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.api.ClusterEvent.PutClusterNetworkPolicy;
import io.merlon.agent.api.ClusterEvent.PutEndpointSlice;
import io.merlon.agent.api.ClusterEvent.PutNamespace;
import io.merlon.agent.api.ClusterEvent.PutNetworkPolicy;
import io.merlon.agent.api.ClusterEvent.PutNode;
import io.merlon.agent.api.ClusterEvent.PutPod;
import io.merlon.agent.api.ClusterEvent.PutPodIdentityAssociation;
import io.merlon.agent.api.ClusterEvent.PutService;
import io.merlon.agent.api.ClusterEvent.PutServiceAccount;
import io.merlon.agent.api.Pod.Phase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The kinds an API server is watched for: where they are, and how they are read. */
enum WatchedKind {
  PODS(Kind.POD, "api/v1", "pods", Presence.ALWAYS),
  NETWORK_POLICIES(
      Kind.NETWORK_POLICY, "apis/networking.k8s.io/v1", "networkpolicies", Presence.ALWAYS),
  NAMESPACES(Kind.NAMESPACE, "api/v1", "namespaces", Presence.ALWAYS),
  SERVICE_ACCOUNTS(Kind.SERVICE_ACCOUNT, "api/v1", "serviceaccounts", Presence.ALWAYS),
  NODES(Kind.NODE, "api/v1", "nodes", Presence.ALWAYS),
  SERVICES(Kind.SERVICE, "api/v1", "services", Presence.ALWAYS),
  ENDPOINT_SLICES(
      Kind.ENDPOINT_SLICE, "apis/discovery.k8s.io/v1", "endpointslices", Presence.ALWAYS),
  CLUSTER_NETWORK_POLICIES(
      Kind.CLUSTER_NETWORK_POLICY,
      "apis/policy.networking.k8s.io/v1alpha2",
      "clusternetworkpolicies",
      Presence.IF_INSTALLED),
  POD_IDENTITY_ASSOCIATIONS(
      Kind.POD_IDENTITY_ASSOCIATION,
      "apis/eks.services.k8s.aws/v1alpha1",
      "podidentityassociations",
      Presence.IF_VISIBLE);

  private final Kind kind;
  private final String group;
  private final String resource;
  private final Presence presence;

  WatchedKind(Kind kind, String group, String resource, Presence presence) {
    this.kind = kind;
    this.group = group;
    this.resource = resource;
    this.presence = presence;
  }

  /** Whether a cluster can be without a kind. */
  enum Presence {
    /** Every cluster has it; an answer that it is not there is a failure. */
    ALWAYS,
    /** A custom resource: it is there if it is installed, and then it must be readable. */
    IF_INSTALLED,
    /** As good as not there where the agent may not read it. */
    IF_VISIBLE
  }

  Kind kind() {
    return kind;
  }

  Presence presence() {
    return presence;
  }

  /** The path below the server's root of the API group's discovery document. */
  String group() {
    return group;
  }

  String resource() {
    return resource;
  }

  String path() {
    return group + "/" + resource;
  }

  /** A reader of items; it belongs to one thread. */
  Function<Written, Item> reader(Reading in) {
    return switch (this) {
      case PODS -> {
        var reader = new PodReader(in);
        yield value -> {
          PodDraft draft = reader.read(value);
          return item(draft.meta, new PutPod(draft.pod(in.sharing(), Phase.PENDING)));
        };
      }
      case SERVICES -> {
        var reader = new ServiceReader(in);
        yield value -> {
          ServiceDraft draft = reader.read(value);
          return item(draft.meta, new PutService(draft.service(List.of())));
        };
      }
      case NETWORK_POLICIES -> items(new NetworkPolicyReader(in)::read, PutNetworkPolicy::new);
      case NAMESPACES -> items(new SmallReaders(in)::namespace, PutNamespace::new);
      case SERVICE_ACCOUNTS -> items(new SmallReaders(in)::serviceAccount, PutServiceAccount::new);
      case NODES -> items(new SmallReaders(in)::node, PutNode::new);
      case ENDPOINT_SLICES -> items(new EndpointSliceReader(in)::read, PutEndpointSlice::new);
      case CLUSTER_NETWORK_POLICIES ->
          items(new ClusterNetworkPolicyReader(in)::read, PutClusterNetworkPolicy::new);
      case POD_IDENTITY_ASSOCIATIONS ->
          items(new SmallReaders(in)::association, PutPodIdentityAssociation::new);
    };
  }

  private <T> Function<Written, Item> items(
      Function<Written, Read<T>> reader, Function<T, ClusterEvent> put) {
    return value -> {
      Read<T> read = reader.apply(value);
      return item(read.meta(), put.apply(read.object()));
    };
  }

  /** Names an object by its own name, which for an association is not what its event is about. */
  private Item item(ObjectMeta meta, ClusterEvent put) {
    ClusterEvent.Key key =
        this == POD_IDENTITY_ASSOCIATIONS
            ? new ClusterEvent.Key(kind, meta.namespace, meta.name)
            : put.key();
    return new Item(key, meta.resourceVersion, put);
  }

  /** One object off the wire. */
  record Item(ClusterEvent.Key name, String resourceVersion, ClusterEvent put) {
    /**
     * What is said of an object of which nothing but its name is understood: that there is none.
     */
    static Item named(WatchedKind kind, Written object) {
      Map<String, String> said = new HashMap<>();
      object.fields((field, metadata) -> {
        if (field.equals("metadata")) {
          metadata.fields((name, value) -> {
            if (value.shape() == Written.Shape.STRING) {
              said.put(name, value.text());
            }
          });
        }
      });
      var key =
          new ClusterEvent.Key(
              kind.kind,
              said.getOrDefault("namespace", ""),
              Objects.requireNonNull(said.get("name"), "an object without a name"));
      return new Item(key, said.getOrDefault("resourceVersion", ""), new ClusterEvent.Gone(key));
    }
  }
}
