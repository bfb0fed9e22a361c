package io.merlon.agent.policy;

import io.merlon.agent.api.ClusterEvent;
import java.util.Comparator;
import java.util.Optional;

/**
 * Names a policy.
 *
 * @param namespace "" for a cluster-wide one
 */
public record PolicyRef(Kind kind, String namespace, String name) implements Comparable<PolicyRef> {
  private static final Comparator<PolicyRef> ORDER =
      Comparator.comparing(PolicyRef::kind)
          .thenComparing(PolicyRef::namespace)
          .thenComparing(PolicyRef::name);

  /** The kinds of policy there are, by their names in the API. */
  public enum Kind {
    NETWORK_POLICY("NetworkPolicy"),
    CLUSTER_NETWORK_POLICY("ClusterNetworkPolicy"),
    /** Merlon's own guard of the instance metadata service. */
    METADATA_GUARD("MetadataGuard");

    private final String apiName;

    Kind(String apiName) {
      this.apiName = apiName;
    }

    public String apiName() {
      return apiName;
    }
  }

  /** The object it is; the built-in ones are none. */
  public Optional<ClusterEvent.Key> object() {
    return switch (kind) {
      case NETWORK_POLICY -> Optional.of(key(ClusterEvent.Kind.NETWORK_POLICY));
      case CLUSTER_NETWORK_POLICY -> Optional.of(key(ClusterEvent.Kind.CLUSTER_NETWORK_POLICY));
      case METADATA_GUARD -> Optional.empty();
    };
  }

  private ClusterEvent.Key key(ClusterEvent.Kind object) {
    return new ClusterEvent.Key(object, namespace, name);
  }

  @Override
  public int compareTo(PolicyRef other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind.apiName() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
