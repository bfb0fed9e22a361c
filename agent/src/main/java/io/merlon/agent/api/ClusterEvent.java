package io.merlon.agent.api;

/**
 * One change to the cluster's objects. {@code Put} adds or replaces by key; {@code Gone} removes by
 * key and is harmless when nothing is there. Applying an event twice equals applying it once.
 */
public sealed interface ClusterEvent {
  /** The object's key: its kind, namespace ("" if it has none) and name. */
  Key key();

  /** Names one object. */
  record Key(Kind kind, String namespace, String name) {}

  /** The kinds that are watched. */
  enum Kind {
    NAMESPACE,
    POD,
    SERVICE_ACCOUNT,
    NODE,
    SERVICE,
    ENDPOINT_SLICE,
    NETWORK_POLICY,
    CLUSTER_NETWORK_POLICY,
    POD_IDENTITY_ASSOCIATION
  }

  /** An object was deleted. */
  record Gone(Key key) implements ClusterEvent {}

  record PutNamespace(Namespace object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.NAMESPACE, "", object.name());
    }
  }

  record PutPod(Pod object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.POD, object.namespace(), object.name());
    }
  }

  record PutServiceAccount(ServiceAccount object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.SERVICE_ACCOUNT, object.namespace(), object.name());
    }
  }

  record PutNode(Node object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.NODE, "", object.name());
    }
  }

  record PutService(Service object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.SERVICE, object.namespace(), object.name());
    }
  }

  record PutEndpointSlice(EndpointSlice object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.ENDPOINT_SLICE, object.namespace(), object.name());
    }
  }

  record PutNetworkPolicy(NetworkPolicy object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.NETWORK_POLICY, object.namespace(), object.name());
    }
  }

  record PutClusterNetworkPolicy(ClusterNetworkPolicy object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.CLUSTER_NETWORK_POLICY, "", object.name());
    }
  }

  record PutPodIdentityAssociation(PodIdentityAssociation object) implements ClusterEvent {
    @Override
    public Key key() {
      return new Key(Kind.POD_IDENTITY_ASSOCIATION, object.namespace(), object.serviceAccount());
    }
  }
}
