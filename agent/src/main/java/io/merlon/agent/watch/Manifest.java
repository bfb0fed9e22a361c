package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;

/** One object as a file has it, before anything a cluster would add to it. */
sealed interface Manifest {
  Origin origin();

  /** Kind, namespace and name: two manifests with one identity are the same object. */
  Identity identity();

  /** The identity of any kind of object. */
  record Identity(String kind, String namespace, String name) {
    @Override
    public String toString() {
      return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
  }

  /** An object that means in a folder what it means in a cluster. */
  record Plain(Identity identity, Origin origin, ClusterEvent put) implements Manifest {}

  /** A pod nobody has scheduled. */
  record OfPod(Identity identity, Origin origin, PodDraft draft) implements Manifest {}

  /** A service nobody has given an address. */
  record OfService(Identity identity, Origin origin, ServiceDraft draft) implements Manifest {}

  /** Something whose controller makes pods. */
  record OfWorkload(Identity identity, Origin origin, Type type, WorkloadDraft draft)
      implements Manifest {}
}
